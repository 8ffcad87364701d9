import { Injectable } from '@nestjs/common';
import { Counted, Timed } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { Gate } from '../../../support/gate.js';
import { callsIn, measuredModule } from './calls.js';

const declined = new Error('declined');
const shared = Promise.resolve('ready');
let builds = 0;

@Injectable()
class Orders {
  readonly gate = new Gate<string>();
  private readonly prefix = 'order';

  @Counted()
  @Timed()
  place(number: number, ...rest: string[]): string {
    if (number < 0) throw declined;
    return [this.prefix, number, ...rest].join(' ');
  }

  @Counted()
  @Timed()
  async charge(): Promise<string> {
    return this.gate.opened;
  }

  @Counted()
  ready(): Promise<string> {
    return shared;
  }

  @Counted()
  failed(): Promise<string> {
    return this.gate.opened;
  }

  @Counted()
  // A query that runs each time someone asks for its result, as those of Knex and Mongoose do.
  query(): PromiseLike<number> {
    // oxlint-disable-next-line unicorn/no-thenable -- it is one
    const query = { then: (resolve: (rows: number) => unknown) => resolve((builds += 1)) };
    return query as unknown as PromiseLike<number>;
  }
}

const OrdersModule = measuredModule({ providers: [Orders] });

it('A call that returns is a success, and gets and gives what it did', async () => {
  const { app } = await boot(OrdersModule);

  expect(app.get(Orders).place(7, 'now')).toBe('order 7 now');
  expect(await callsIn(app)).toEqual({ 'Orders.place success': 1 });
  expect(await callsIn(app, 'method_duration_seconds_count')).toEqual({
    'Orders.place success': 1,
  });
});

it('A call that throws is a failure, and throws the very same error', async () => {
  const { app } = await boot(OrdersModule);

  expect(() => app.get(Orders).place(-1)).toThrow(declined);
  expect(await callsIn(app)).toEqual({ 'Orders.place failure': 1 });
  expect(await callsIn(app, 'method_duration_seconds_count')).toEqual({
    'Orders.place failure': 1,
  });
});

it('A promise counts when it is fulfilled, and not before', async () => {
  const { app } = await boot(OrdersModule);
  const orders = app.get(Orders);
  const charging = orders.charge();

  expect(await callsIn(app)).toEqual({});
  orders.gate.open('charged');
  expect(await charging).toBe('charged');
  expect(await callsIn(app)).toEqual({ 'Orders.charge success': 1 });
  expect(await callsIn(app, 'method_duration_seconds_count')).toEqual({
    'Orders.charge success': 1,
  });
});

it('A promise that is rejected is a failure, and is rejected with the very same error', async () => {
  const { app } = await boot(OrdersModule);
  const orders = app.get(Orders);
  orders.gate.fail(declined);

  await expect(orders.charge()).rejects.toBe(declined);
  await expect(orders.failed()).rejects.toBe(declined);
  expect(await callsIn(app)).toEqual({
    'Orders.charge failure': 1,
    'Orders.failed failure': 1,
  });
});

it('A promise that others may have is handed on as it is', async () => {
  const { app } = await boot(OrdersModule);
  const ready = app.get(Orders).ready();

  expect(ready).toBe(shared);
  await ready;
  expect(await callsIn(app)).toEqual({ 'Orders.ready success': 1 });
});

it('A thenable that is no promise counts when it is returned, and is asked only by who wants its result', async () => {
  const { app } = await boot(OrdersModule);
  const query = app.get(Orders).query();

  expect(await callsIn(app)).toEqual({ 'Orders.query success': 1 });
  expect(builds).toBe(0);
  expect(await query).toBe(1);
});
