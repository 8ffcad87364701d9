import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  Param,
  ParseIntPipe,
  Post,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { counts, measured } from './reading.js';

class DenyAll {
  canActivate(): boolean {
    return false;
  }
}

class AskForLogin {
  canActivate(): boolean {
    throw new UnauthorizedException();
  }
}

@Controller('orders')
class OrdersController {
  @Get('denied')
  @UseGuards(DenyAll)
  denied(): void {}

  @Get('login')
  @UseGuards(AskForLogin)
  login(): void {}

  @Get('forbidden')
  forbidden(): void {
    throw new ForbiddenException();
  }

  @Get('number/:id')
  number(@Param('id', ParseIntPipe) id: number): number {
    return id;
  }

  @Post()
  create(@Body() body: unknown): unknown {
    return body;
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

describe.each(PLATFORMS)('on %s', (platform) => {
  it('what a guard, a pipe or a handler refuses has its pattern and its status', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    for (const path of ['denied', 'login', 'forbidden', 'number/x']) await get(`/orders/${path}`);
    expect(await counts(get)).toEqual({
      'GET /orders/denied 403': 1,
      'GET /orders/login 401': 1,
      'GET /orders/forbidden 403': 1,
      'GET /orders/number/:id 400': 1,
    });
  });

  it('a body that cannot be read or is too big is counted; Express has not looked for a route by then', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    await get('/orders', { method: 'POST', headers: JSON_TYPE, body: '{"a":' });
    const big = JSON.stringify('x'.repeat(2 * 1_024 * 1_024));
    await get('/orders', { method: 'POST', headers: JSON_TYPE, body: big });
    const endpoint = platform === 'express' ? 'unmatched' : '/orders';
    expect(await counts(get)).toEqual({
      [`POST ${endpoint} 400`]: 1,
      [`POST ${endpoint} 413`]: 1,
    });
  });

  it('what middleware answers before there is a route is counted as unmatched', async () => {
    const { get } = await boot(measured([OrdersController]), platform, (app) => {
      app.use((_request: unknown, response: ServerResponse) => {
        response.statusCode = 401;
        response.end();
      });
    });
    await get('/orders/login');
    expect(await counts(get)).toEqual({ 'GET unmatched 401': 1 });
  });
});
