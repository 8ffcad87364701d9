import { Controller, Get, Param } from '@nestjs/common';
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect, it, onTestFinished } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { Gate } from '../../support/gate.js';
import { counts, countsOnce, inFlight, measured, samplesIn } from './reading.js';

const answer = new Gate();

@Controller('orders')
class OrdersController {
  @Get(':id')
  async one(@Param('id') id: string): Promise<string> {
    if (id === 'slow') await answer.opened;
    return id;
  }
}

/** Serves the framework of an application from another server than the application's own. */
async function serveElsewhere(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => server.close().closeAllConnections());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function fastify(): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    measured([OrdersController]),
    new FastifyAdapter(),
    { logger: false },
  );
  onTestFinished(() => app.close());
  await app.init();
  return app;
}

async function metricOf(app: NestFastifyApplication, name: string) {
  return samplesIn((await app.inject('/metrics')).body, name);
}

it('What is injected into Fastify is counted, and in flight until it is answered', async () => {
  const app = await fastify();
  await app.inject('/orders/1');
  await app.inject('/nowhere');
  const slow = app.inject('/orders/slow').then((response) => response.statusCode);
  while ((await metricOf(app, 'http_requests_in_flight'))[''] === 0);
  expect(await metricOf(app, 'http_requests_in_flight')).toEqual({ '': 1 });
  answer.open();
  await slow;
  expect(await metricOf(app, 'http_requests_in_flight')).toEqual({ '': 0 });
  expect(await metricOf(app, 'http_requests_total')).toEqual({
    'GET /orders/:id 200': 2,
    'GET unmatched 404': 1,
  });
});

it('What is injected into Fastify, and what it is asked for on its port, are counted once each', async () => {
  const { app, get } = await boot(measured([OrdersController]), 'fastify');
  await get('/orders/1');
  await (app as NestFastifyApplication).inject('/orders/1');
  expect(await counts(get)).toEqual({ 'GET /orders/:id 200': 2 });
});

it('An application on Express that is called as a function is counted', async () => {
  const { app, get } = await boot(measured([OrdersController]), 'express');
  const url = await serveElsewhere(app.getHttpAdapter().getInstance() as RequestListener);
  for (const path of ['/orders/1', '/nowhere', '/health/live']) await fetch(url + path);
  expect(await countsOnce(get, 2)).toEqual({ 'GET /orders/:id 200': 1, 'GET unmatched 404': 1 });
  expect(await inFlight(get)).toBe(0);
});

it.each(PLATFORMS)(
  'A hook or middleware on %s that takes long finds no request that has ended',
  async (platform) => {
    const [reached, go] = [new Gate(), new Gate()];
    const { get } = await boot(measured([OrdersController]), platform, (host) => {
      host.use(async ({ url }: { url: string }, _response: unknown, next: () => void) => {
        if (url.startsWith('/orders/late')) {
          reached.open();
          await go.opened;
        }
        next();
      });
    });
    const leaving = new AbortController();
    const left = get('/orders/late', { signal: leaving.signal }).catch(() => 'left');
    await reached.opened;
    leaving.abort();
    await left;
    expect(await countsOnce(get, 1)).toEqual({ 'GET unmatched 499': 1 });
    go.open();
    await get('/orders/1');
    expect(await countsOnce(get, 2)).toEqual({
      'GET unmatched 499': 1,
      'GET /orders/:id 200': 1,
    });
    expect(await inFlight(get)).toBe(0);
  },
);
