import { Controller, Get, Inject, Injectable, Param } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  CaptureErrors,
  HealthRegistry,
  ObservabilityModule,
  RecordingSentryService,
  SentryService,
} from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PLATFORMS, type Platform } from '../../../support/boot.js';
import { Gate } from '../../../support/gate.js';

@Injectable()
class Stock {
  @OnEvent('sold')
  count(): void {
    throw new Error('nothing left');
  }

  @CaptureErrors()
  order(): never {
    throw new Error('not ordered');
  }
}

@Controller()
class ShopController {
  readonly together = { waiting: 0, all: new Gate() };

  constructor(@Inject(SentryService) private readonly sentry: SentryService) {}

  @Get('orders/:id')
  async lost(@Param('id') id: string): Promise<never> {
    this.sentry.setTag(`order-${id}`, id);
    this.together.waiting += 1;
    if (this.together.waiting === 20) this.together.all.open();
    await this.together.all.opened;
    throw new Error(`order ${id} is lost`);
  }

  @Get('fails')
  fails(): never {
    throw new Error('the shop is closed');
  }
}

async function bootRecording(platform: Platform) {
  const module = await Test.createTestingModule({
    imports: [EventEmitterModule.forRoot(), ObservabilityModule.forRoot()],
    controllers: [ShopController],
    providers: [Stock],
  })
    .overrideProvider(SentryService)
    .useClass(RecordingSentryService)
    .compile();
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = module.createNestApplication(adapter, { logger: false });
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  const sentry: RecordingSentryService = app.get(SentryService);
  const url = await app.getUrl();
  return { app, sentry, get: (path: string) => fetch(url + path) };
}

function messagesOf({ captured }: RecordingSentryService): string[] {
  return captured.map(({ message }) => message);
}

describe.each(PLATFORMS)('RecordingSentryService records on %s', (platform) => {
  it('what a controller fails with, under the id that the answer names', async () => {
    const { sentry, get } = await bootRecording(platform);
    const { status, headers } = await get('/fails');

    expect(status).toBe(500);
    expect(sentry.captured).toMatchObject([
      {
        eventId: headers.get('x-sentry-event-id'),
        message: 'the shop is closed',
        transaction: 'GET /fails',
        handled: false,
      },
    ]);
  });

  it('what a listener of events and a method of @CaptureErrors fail with', async () => {
    const { app, sentry } = await bootRecording(platform);
    app.get(EventEmitter2).emit('sold');
    expect(messagesOf(sentry)).toEqual(['nothing left']);

    expect(() => app.get(Stock).order()).toThrow('not ordered');
    expect(messagesOf(sentry)).toEqual(['nothing left', 'not ordered']);
  });

  it('a check that turns unhealthy, and its recovery, once each', async () => {
    const { app, sentry } = await bootRecording(platform);
    const registry = app.get(HealthRegistry);
    const shop = { open: true };
    registry.registerCheck('shop', () => (shop.open ? 'healthy' : 'unhealthy'), { cacheMs: 0 });
    for (const open of [true, false, false, true, true]) {
      shop.open = open;
      await registry.run();
    }

    expect(sentry.captured.map(({ type, level, tags }) => [type, level, tags])).toEqual([
      ['message', 'error', expect.objectContaining({ 'health.check': 'shop' })],
      ['message', 'info', expect.objectContaining({ 'health.check': 'shop' })],
    ]);
  });

  it('with what one request was told only on its own record', async () => {
    const { sentry, get } = await bootRecording(platform);
    const ids = Array.from({ length: 20 }, (_, n) => `n${n}`);
    await Promise.all(ids.map((id) => get(`/orders/${id}`)));

    expect(sentry.captured.map(({ message, tags }) => [message, tags])).toHaveLength(20);
    for (const { message, tags } of sentry.captured) {
      const [, id = ''] = message.split(' ');
      expect(tags).toEqual({ [`order-${id}`]: id });
    }
  });
});
