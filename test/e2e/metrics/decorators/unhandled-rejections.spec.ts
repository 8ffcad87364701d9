import { Injectable } from '@nestjs/common';
import { Counted, Timed } from 'nestjs-observability';
import { expect, it, onTestFinished } from 'vitest';
import { nextTurn } from '../../../../lib/clock.js';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

const declined = new Error('declined');

@Injectable()
class Orders {
  @Counted()
  @Timed()
  async charge(): Promise<void> {
    throw declined;
  }

  @Counted()
  @Timed()
  refund(): Promise<void> {
    return Promise.reject(declined);
  }
}

/** What nobody has handled. Vitest's own listener, which fails the run, steps aside. */
function unhandled(): unknown[] {
  const errors: unknown[] = [];
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => errors.push(error));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  });
  return errors;
}

const turn = (): Promise<void> => new Promise(nextTurn);

it('A rejection that the caller handles is unhandled nowhere else', async () => {
  const errors = unhandled();
  const { app } = await boot(measuredModule({ providers: [Orders] }));
  await app
    .get(Orders)
    .charge()
    .catch(() => {});
  await app
    .get(Orders)
    .refund()
    .catch(() => {});
  await turn();

  expect(await callsIn(app)).toEqual({ 'Orders.charge failure': 1, 'Orders.refund failure': 1 });
  expect(errors).toEqual([]);
});

it('A rejection of an async method that nobody handles stays one, once', async () => {
  const errors = unhandled();
  const { app } = await boot(measuredModule({ providers: [Orders] }));
  void app.get(Orders).charge();
  await turn();

  expect(errors).toEqual([declined]);
});
