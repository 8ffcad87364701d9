import { Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { CaptureErrors } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, type BootedApp } from '../../../support/boot.js';
import { startReceiver, type SentryReceiver } from '../../../support/sentry-receiver.js';
import { arrived, handlersModule, inOrder, valuesOf } from './handlers-app.js';

@Injectable()
class Listeners {
  @OnEvent('ring', { suppressErrors: false })
  ring(who: string): void {
    throw new Error(`rung for ${who}`);
  }
}

@Injectable()
class Work {
  @CaptureErrors()
  do(what: string): void {
    throw new Error(what);
  }
}

interface Running extends BootedApp {
  readonly receiver: SentryReceiver;
}

const imports = [EventEmitterModule.forRoot()];
const providers = [Listeners, Work];

async function start(): Promise<Running> {
  const receiver = await startReceiver();
  const booted = await boot(
    handlersModule({ imports, providers }, { sentry: { dsn: receiver.dsn } }),
  );
  return { receiver, ...booted };
}

async function ring({ app }: BootedApp, who: string): Promise<unknown> {
  return app
    .get(EventEmitter2)
    .emitAsync('ring', who)
    .catch((error: unknown) => error);
}

function work({ app }: BootedApp, what: string): void {
  expect(() => app.get(Work).do(what)).toThrow(what);
}

describe('Two applications with the same classes', () => {
  it('capture each what is its own, and nothing when they are closed', async () => {
    const one = await start();
    const two = await start();
    await Promise.all([ring(one, 'one'), ring(two, 'two')]);
    work(one, 'work of one');
    work(two, 'work of two');
    await arrived(two.receiver, 2);
    await one.app.close();

    expect(inOrder(valuesOf(one.receiver.events))).toEqual(['rung for one', 'work of one']);
    expect(inOrder(valuesOf(two.receiver.events))).toEqual(['rung for two', 'work of two']);

    work(one, 'late work of one');
    await ring(two, 'two again');
    await arrived(two.receiver, 3);
    await two.app.close();
    work(two, 'late work of two');

    expect(one.receiver.events).toHaveLength(2);
    expect(valuesOf(two.receiver.events).at(-1)).toBe('rung for two again');
    expect(two.receiver.events).toHaveLength(3);
  });

  it('have nothing in common with one whose Sentry is off', async () => {
    const on = await start();
    const off = await boot(handlersModule({ imports, providers }, {}));
    await ring(off, 'off');
    work(off, 'work of off');
    await ring(on, 'on');
    await on.app.close();

    expect(valuesOf(on.receiver.events)).toEqual(['rung for on']);
  });
});
