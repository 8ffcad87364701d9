import { Injectable } from '@nestjs/common';
import { Counted } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

@Injectable()
class Orders {
  @Counted()
  async *stream(): AsyncGenerator<number> {
    yield 1;
    yield await Promise.resolve(2);
  }

  @Counted()
  *list(): Generator<number> {
    yield 1;
    yield 2;
  }
}

async function bootOrders() {
  const { app } = await boot(measuredModule({ providers: [Orders] }));
  return { app, orders: app.get(Orders) };
}

it('An async generator is handed out as one, and counts when it is returned', async () => {
  const { app, orders } = await bootOrders();
  const stream = orders.stream();
  expect(await callsIn(app)).toEqual({ 'Orders.stream success': 1 });

  const seen: number[] = [];
  for await (const order of stream) seen.push(order);

  expect(seen).toEqual([1, 2]);
  expect(await callsIn(app)).toEqual({ 'Orders.stream success': 1 });
});

it('A generator is handed out as one, and counts when it is returned', async () => {
  const { app, orders } = await bootOrders();
  const list = orders.list();
  expect(await callsIn(app)).toEqual({ 'Orders.list success': 1 });

  const seen: number[] = [];
  for (const order of list) seen.push(order);

  expect(seen).toEqual([1, 2]);
  expect(await callsIn(app)).toEqual({ 'Orders.list success': 1 });
});
