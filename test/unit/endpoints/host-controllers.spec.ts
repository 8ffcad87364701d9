import {
  All,
  Controller,
  Get,
  Post,
  RequestMethod,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { ApplicationConfig, type ModulesContainer } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { HostControllers, type HostRoute } from '../../../lib/endpoints/host-controllers.js';

/** The routes of an application with one module, as NestJS keeps its controllers. */
function routesOf(controllers: readonly unknown[], config = new ApplicationConfig()): HostRoute[] {
  class ShopModule {}
  const wrappers = controllers.map((metatype, at) => [at, { metatype }] as const);
  const module = { name: 'ShopModule', metatype: ShopModule, controllers: new Map(wrappers) };
  const modules = new Map([['shop', module]]) as unknown as ModulesContainer;
  return new HostControllers(modules, config).routes();
}

function mappedBy(...controllers: unknown[]): unknown[] {
  return routesOf(controllers).map(({ owner, path }) => [owner, path]);
}

describe('the routes', () => {
  it('have the path of their controller before their own', () => {
    @Controller('orders')
    class OrdersController {
      @Get()
      list(): void {}

      @Post('/items/')
      add(): void {}

      helper(): void {}
    }
    expect(mappedBy(OrdersController)).toEqual([
      ['ShopModule / OrdersController.list', '/orders'],
      ['ShopModule / OrdersController.add', '/orders/items'],
    ]);
  });

  it('have each path of their controller before each of their own', () => {
    @Controller(['a', 'B/'])
    class OrdersController {
      @All(['x', '/Y'])
      any(): void {}
    }
    expect(mappedBy(OrdersController)).toEqual(
      ['/a/x', '/a/y', '/b/x', '/b/y'].map((path) => ['ShopModule / OrdersController.any', path]),
    );
  });

  it('are those of the classes that a controller is made from, too', () => {
    class Base {
      @Get('base')
      inherited(): void {}

      @Get('old')
      overridden(): void {}
    }

    @Controller('orders')
    class OrdersController extends Base {
      @Get('new')
      override overridden(): void {}
    }
    expect(mappedBy(OrdersController)).toEqual([
      ['ShopModule / OrdersController.overridden', '/orders/new'],
      ['ShopModule / OrdersController.inherited', '/orders/base'],
    ]);
  });

  it('are found without triggering a getter', () => {
    @Controller()
    class OrdersController {
      get broken(): never {
        throw new Error('triggered');
      }

      @Get()
      list(): void {}
    }
    expect(mappedBy(OrdersController)).toEqual([['ShopModule / OrdersController.list', '/']]);
  });

  it('are none of what is no class', () => {
    expect(mappedBy(undefined, null, 'orders', {})).toEqual([]);
  });

  it('stand where prefix and version put them', () => {
    const config = new ApplicationConfig();
    config.setGlobalPrefix('api');
    config.enableVersioning({ type: VersioningType.URI, defaultVersion: VERSION_NEUTRAL });
    @Controller('health')
    class StatusController {
      @Get()
      all(): void {}

      @Version('2')
      @Post('Live')
      live(): void {}
    }
    expect(routesOf([StatusController], config)).toMatchObject([
      { handler: 'all', method: RequestMethod.GET, path: '/api/health' },
      { handler: 'live', method: RequestMethod.POST, path: '/api/v2/health/live' },
    ]);
  });
});
