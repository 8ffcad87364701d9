import { Controller, Get, Inject, Injectable, NotFoundException, Scope } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { SentryService } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, type BootedApp } from '../../../support/boot.js';
import { startReceiver, type SentryReceiver } from '../../../support/sentry-receiver.js';
import { arrived, handlersModule, inOrder, valuesOf } from './handlers-app.js';

@Injectable()
class Listeners {
  constructor(@Inject(SentryService) private readonly sentry: SentryService) {}

  @OnEvent('sync')
  sync(): void {
    throw new Error('sync');
  }

  @OnEvent('async')
  async async(): Promise<void> {
    this.sentry.setTag('told-by-listener', true);
    await Promise.resolve();
    throw new Error('async');
  }

  @OnEvent('unsuppressed', { suppressErrors: false })
  async unsuppressed(): Promise<void> {
    await Promise.resolve();
    throw new Error('unsuppressed');
  }

  @OnEvent('not found')
  notFound(): void {
    throw new NotFoundException('nobody is answered with it');
  }

  @OnEvent('one')
  @OnEvent('another')
  several(): string {
    return 'heard';
  }
}

@Injectable({ scope: Scope.REQUEST })
class ScopedListeners {
  @OnEvent('scoped')
  async scoped(): Promise<void> {
    await Promise.resolve();
    throw new Error('scoped');
  }
}

@Controller()
class Emitting {
  constructor(
    private readonly events: EventEmitter2,
    @Inject(SentryService) private readonly sentry: SentryService,
  ) {}

  @Get('emit')
  async emit(): Promise<string | null> {
    await this.events.emitAsync('async');
    return this.sentry.captureMessage('of the request');
  }
}

async function bootListeners({ dsn }: Pick<SentryReceiver, 'dsn'>): Promise<BootedApp> {
  const parts = {
    imports: [EventEmitterModule.forRoot()],
    providers: [Listeners, ScopedListeners],
    controllers: [Emitting],
  };
  return boot(handlersModule(parts, { sentry: { dsn } }));
}

describe('A listener that throws', () => {
  it.each([
    ['sync', 'Listeners.sync', 'sync'],
    ['async', 'Listeners.async', 'async'],
    ['not found', 'Listeners.notFound', 'nobody is answered with it'],
    ['scoped', 'ScopedListeners.scoped', 'scoped'],
  ])('is one event, and is logged as ever (%s)', async (name, transaction, value) => {
    const receiver = await startReceiver();
    const { app, log } = await bootListeners(receiver);
    await app.get(EventEmitter2).emitAsync(name);
    const [event] = await arrived(receiver, 1);
    await app.close();

    expect(event).toMatchObject({ transaction, tags: { handler: 'on_event' } });
    expect(valuesOf(receiver.events)).toEqual([value]);
    expect(log.lines.filter((line) => line.context === 'Event')).toMatchObject([
      { level: 'error', message: value },
    ]);
  });

  it('is one event, and throws at whoever emits, where it is told so', async () => {
    const receiver = await startReceiver();
    const { app } = await bootListeners(receiver);
    const emitted = app.get(EventEmitter2).emitAsync('unsuppressed');

    await expect(emitted).rejects.toThrow('unsuppressed');
    await app.close();
    expect(valuesOf(receiver.events)).toEqual(['unsuppressed']);
  });

  it('tells nothing to the events of the request that has emitted', async () => {
    const receiver = await startReceiver();
    const { app, get } = await bootListeners(receiver);
    await get('/emit');
    const events = await arrived(receiver, 2);
    await app.close();
    const told = events.map(({ message = 'of the listener', tags }) => [
      message,
      Object.hasOwn(tags ?? {}, 'told-by-listener'),
    ]);

    expect(inOrder(told)).toEqual([
      ['of the listener', true],
      ['of the request', false],
    ]);
  });
});

it('A listener of several events hears each of them, once', async () => {
  const receiver = await startReceiver();
  const { app } = await bootListeners(receiver);
  const heard = [
    await app.get(EventEmitter2).emitAsync('one'),
    await app.get(EventEmitter2).emitAsync('another'),
  ];

  expect(heard).toEqual([['heard'], ['heard']]);
});
