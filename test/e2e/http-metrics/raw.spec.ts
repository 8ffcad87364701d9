import { Controller, Get, Res, type INestApplication } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { ask } from '../routes/wire.js';
import { counts, countsOnce, inFlight, measured } from './reading.js';

interface Hijackable {
  readonly raw: ServerResponse;
  hijack(): void;
}

@Controller('orders')
class OrdersController {
  @Get('raw/:id')
  raw(@Res() response: ServerResponse | Hijackable): void {
    if ('raw' in response) response.hijack();
    const raw = 'raw' in response ? response.raw : response;
    raw.writeHead(202);
    raw.end('raw');
  }

  @Get('events')
  events(@Res() response: ServerResponse | Hijackable): void {
    if ('raw' in response) response.hijack();
    const raw = 'raw' in response ? response.raw : response;
    raw.writeHead(200, { 'Content-Type': 'text/event-stream' });
    raw.write('data: 1\n\n');
    setImmediate(() => raw.end('data: 2\n\n'));
  }
}

/** Answers by the framework alone, as no controller does. */
function addRoutes(app: INestApplication): void {
  const framework = app.getHttpAdapter().getInstance() as {
    get(
      path: string,
      handler: (request: unknown, response: { send(body: string): void }) => void,
    ): void;
  };
  framework.get('/raw/:name', (_request, response) => response.send('by the framework'));
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('an answer that a handler writes itself has its pattern and its status', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    await (await get('/orders/raw/1')).text();
    await (await get('/orders/events')).text();
    expect(await countsOnce(get, 2)).toEqual({
      'GET /orders/raw/:id 202': 1,
      'GET /orders/events 200': 1,
    });
    expect(await inFlight(get)).toBe(0);
  });

  it('a route of the framework itself has its pattern', async () => {
    const { get } = await boot(measured([OrdersController]), platform, addRoutes);
    await get('/raw/1');
    await get('/raw/2');
    expect(await counts(get)).toEqual({ 'GET /raw/:name 200': 2 });
  });

  it('what middleware answers has none', async () => {
    const { get } = await boot(measured([OrdersController]), platform, (app) => {
      app.use('/files', (_request: unknown, response: ServerResponse) => response.end('file'));
    });
    await get('/files/1');
    expect(await counts(get)).toEqual({ 'GET unmatched 200': 1 });
  });

  it('a request that expects something of the server counts once', async () => {
    const { get, url } = await boot(measured([OrdersController]), platform, (app) => {
      const server = app.getHttpServer() as NodeJS.EventEmitter;
      server.on('checkExpectation', (request: unknown, response: unknown) =>
        server.emit('request', request, response),
      );
    });
    await ask(url, 'GET /orders/raw/1', 'Expect: 100-continue');
    await ask(url, 'GET /orders/raw/1', 'Expect: the-unexpected');
    expect(await counts(get)).toEqual({ 'GET /orders/raw/:id 202': 2 });
    expect(await inFlight(get)).toBe(0);
  });
});

it('A regular expression of Express is its own pattern', async () => {
  const { get } = await boot(measured([OrdersController]), 'express', (app) => {
    const express = app.getHttpAdapter().getInstance() as {
      get(path: RegExp, handler: (request: unknown, response: ServerResponse) => void): void;
    };
    express.get(/^\/re(gex)?$/, (_request, response) => response.end());
  });
  await get('/re');
  await get('/regex');
  expect(await counts(get)).toEqual({ 'GET /^\\\\/re(gex)?$/ 200': 2 });
});
