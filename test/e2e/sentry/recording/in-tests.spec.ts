import { Controller, Get, Module, Param } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ObservabilityModule, RecordingSentryService, SentryService } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Gate } from '../../../support/gate.js';
import { PLATFORMS, type Platform } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';

let gate = new Gate();

@Controller()
class ShopController {
  constructor(private readonly sentry: SentryService) {}

  @Get('orders/:id')
  async order(@Param('id') id: string): Promise<string | null> {
    this.sentry.setTag(`order-${id}`, id);
    this.sentry.addBreadcrumb({ message: id });
    await gate.opened;
    return this.sentry.captureException(new Error(`order ${id} is lost`));
  }
}
Reflect.defineMetadata('design:paramtypes', [SentryService], ShopController);

async function bootTested(platform: Platform, dsn?: string) {
  @Module({
    imports: [ObservabilityModule.forRoot({ sentry: { dsn } })],
    controllers: [ShopController],
  })
  class AppModule {}
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(SentryService)
    .useClass(RecordingSentryService)
    .compile();
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = module.createNestApplication(adapter);
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const sentry: RecordingSentryService = app.get(SentryService);
  return { app, sentry, get: (path: string) => fetch(`http://127.0.0.1:${port}${path}`) };
}

describe.each(PLATFORMS)('In place of SentryService by one line, on %s', (platform) => {
  it('records are made, and nothing is sent', async () => {
    const receiver = await startReceiver();
    const { app, sentry, get } = await bootTested(platform, receiver.dsn);
    gate.open();
    const eventId = await (await get('/orders/5')).text();

    expect(sentry).toBeInstanceOf(RecordingSentryService);
    expect(sentry.captured).toMatchObject([{ eventId, message: 'order 5 is lost' }]);
    await app.close();
    expect(receiver.requests).toBe(0);
    expect(sentry.captured).toHaveLength(1);
    expect(app.get(HttpAdapterHost)).toBeDefined();
  });

  it('what one request tells is not on the record of another, on one connection and on many', async () => {
    gate = new Gate();
    const { sentry, get } = await bootTested(platform);
    sentry.setTag('shop', 'pt');
    const ids = Array.from({ length: 40 }, (_, n) => String(n));
    const together = ids.map((id) => get(`/orders/${id}`));
    gate.open();
    await Promise.all(together);
    for (const id of ['a', 'b', 'c']) await get(`/orders/${id}`);

    expect(sentry.captured).toHaveLength(43);
    for (const { message, tags, breadcrumbs } of sentry.captured) {
      const [, id = ''] = message.split(' ');
      expect(tags).toEqual({ shop: 'pt', [`order-${id}`]: id });
      expect(breadcrumbs.map((step) => step.message)).toEqual([id]);
    }
  });
});
