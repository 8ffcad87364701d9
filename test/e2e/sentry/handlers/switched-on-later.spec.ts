import { Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { captureException } from '@sentry/nestjs';
import { CaptureErrors, SentryService } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { arrived, handlersModule, inOrder, valuesOf } from './handlers-app.js';

@Injectable()
class Listeners {
  @OnEvent('ring')
  ring(message: string): void {
    throw new Error(message);
  }

  /** As the SDK captures in listeners, where it is loaded before NestJS. */
  @OnEvent('captured')
  captured(message: string): void {
    const error = new Error(message);
    captureException(error, { mechanism: { handled: false } });
    throw error;
  }

  @CaptureErrors()
  work(message: string): void {
    throw new Error(message);
  }
}

const parts = { imports: [EventEmitterModule.forRoot()], providers: [Listeners] };

it('Errors are captured from when Sentry is switched on by hand, until it is closed', async () => {
  const receiver = await startReceiver();
  const { app } = await boot(handlersModule(parts, {}));
  const [emitter, sentry, listeners] = [
    app.get(EventEmitter2),
    app.get(SentryService),
    app.get(Listeners),
  ];
  const fail = async (when: string): Promise<void> => {
    await emitter.emitAsync('ring', `ring ${when}`);
    expect(() => listeners.work(`work ${when}`)).toThrow(`work ${when}`);
  };
  await fail('before');
  await sentry.init({ dsn: receiver.dsn });
  await fail('meanwhile');
  await arrived(receiver, 2);
  await sentry.close();
  await fail('afterwards');
  await app.close();

  expect(inOrder(valuesOf(receiver.events))).toEqual(['ring meanwhile', 'work meanwhile']);
});

it('What the SDK has captured in a handler already is not sent again', async () => {
  const receiver = await startReceiver();
  const { app } = await boot(handlersModule(parts, { sentry: { dsn: receiver.dsn } }));
  await app.get(EventEmitter2).emitAsync('captured', 'captured inside');
  try {
    app.get(Listeners).ring('captured outside');
  } catch (thrown) {
    captureException(thrown);
  }
  await app.close();

  expect(inOrder(valuesOf(receiver.events))).toEqual(['captured inside', 'captured outside']);
});
