import {
  All,
  Catch,
  Controller,
  ForbiddenException,
  Module,
  VersioningType,
  type CanActivate,
  type ExceptionFilter,
  type INestApplication,
  type MiddlewareConsumer,
  type NestInterceptor,
  type NestModule,
  type PipeTransform,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule } from 'nestjs-observability';
import { request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS, type BootedApp } from '../../support/boot.js';

type Next = () => void;

class DenyEveryone implements CanActivate {
  canActivate(): never {
    throw new ForbiddenException();
  }
}

class WrapEverything implements NestInterceptor {
  intercept: NestInterceptor['intercept'] = (_context, next) =>
    next.handle().pipe(map((data: unknown) => ({ data })));
}

class RefuseEverything implements PipeTransform {
  transform(): never {
    throw new ForbiddenException();
  }
}

@Catch()
class CatchEverything implements ExceptionFilter {
  catch(): void {}
}

@Controller()
class CatchAllController {
  @All('*')
  all(): string {
    return 'the catch-all';
  }
}

@Module({ imports: [ObservabilityModule.forRoot()] })
class PlainModule {}

@Module({
  imports: [ObservabilityModule.forRoot()],
  providers: [{ provide: APP_GUARD, useClass: DenyEveryone }],
})
class GuardedModule {}

@Module({ imports: [ObservabilityModule.forRoot()], controllers: [CatchAllController] })
class CatchAllModule {}

@Module({ imports: [ObservabilityModule.forRoot()] })
class MiddlewareModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(redirectToLogin).forRoutes('*');
  }
}

function redirectToLogin(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(302, { Location: '/login' }).end();
}

async function answers(app: BootedApp): Promise<unknown[]> {
  const paths = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];
  const responses = await Promise.all(paths.map((path) => app.get(path, { redirect: 'manual' })));
  expect(responses.map((response) => response.status)).toEqual([200, 200, 200, 200, 200]);
  expect(await responses[0]?.json()).toMatchObject({ status: 'healthy', checks: [] });
  expect(await responses[1]?.json()).toEqual({ status: 'alive' });
  expect(await responses[2]?.json()).toEqual({ status: 'ready', health: 'healthy' });
  expect(await responses[3]?.text()).toMatch(/^# Metrics are off/);
  expect(await responses[4]?.json()).toEqual({ flower: null, grafana: null, prometheus: null });
  return responses;
}

describe.each(PLATFORMS)('on %s the five routes answer', (platform) => {
  it.each<[string, (app: INestApplication) => void]>([
    ['a global prefix', (app) => app.setGlobalPrefix('api')],
    [
      'URI versioning',
      (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    ],
    [
      'header versioning',
      (app) =>
        app.enableVersioning({
          type: VersioningType.HEADER,
          header: 'X-Version',
          defaultVersion: '1',
        }),
    ],
    ['a global guard', (app) => app.useGlobalGuards(new DenyEveryone())],
    ['a global interceptor', (app) => app.useGlobalInterceptors(new WrapEverything())],
    ['a global pipe', (app) => app.useGlobalPipes(new RefuseEverything())],
    ['a global filter that answers nothing', (app) => app.useGlobalFilters(new CatchEverything())],
    ['a middleware that redirects to a login', (app) => app.use(redirectToLogin)],
    [
      'a middleware that never goes on',
      (app) => app.use((_request: unknown, _response: unknown, _next: Next) => {}),
    ],
  ])('in spite of %s', async (_what, prepare) => {
    expect(await answers(await boot(PlainModule, platform, prepare))).toHaveLength(5);
  });

  it.each([
    ['a guard of the application module', GuardedModule],
    ['a controller that catches all paths', CatchAllModule],
    ['a middleware of a module', MiddlewareModule],
  ])('in spite of %s', async (_what, module) => {
    expect(await answers(await boot(module, platform))).toHaveLength(5);
  });

  it('in spite of a listener that the application adds to its server later', async () => {
    const booted = await boot(PlainModule, platform);
    const server = booted.app.getHttpServer() as Server;
    server.prependListener('request', (_request, response: ServerResponse) => {
      if (!response.headersSent) response.writeHead(404).end();
    });
    expect(await answers(booted)).toHaveLength(5);
  });

  it('to who asks with the whole URL, as a proxy is asked', async () => {
    const { url } = await boot(PlainModule, platform);
    const { hostname, port } = new URL(url);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const path = 'http://shop.example.com/health/live?x';
      request({ hostname, port, path }, resolve).once('error', reject).end();
    });
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it('and the middleware of the application still sees every other request', async () => {
    const { get } = await boot(PlainModule, platform, (app) => {
      app.use(redirectToLogin);
    });
    expect((await get('/orders', { redirect: 'manual' })).status).toBe(302);
  });
});

describe('without a socket', () => {
  it('the routes answer Fastify’s inject', async () => {
    const { app } = await boot(PlainModule, 'fastify');
    const fastify = app.getHttpAdapter() as unknown as FastifyAdapter;
    const response = await fastify.inject({ method: 'GET', url: '/health/live' });
    expect([response.statusCode, response.payload]).toEqual([200, '{"status":"alive"}']);
    expect((await fastify.inject({ method: 'GET', url: '/orders' })).statusCode).toBe(404);
  });

  it('the routes answer an Express application that is called as a function', async () => {
    const { createServer } = await import('node:http');
    const { app } = await boot(PlainModule, 'express');
    const server = createServer(app.getHttpAdapter().getInstance());
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      const { port } = server.address() as { port: number };
      const response = await fetch(`http://127.0.0.1:${port}/health/live`);
      expect(await response.text()).toBe('{"status":"alive"}');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
