import { Injectable } from '@nestjs/common';
import { Counted } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

@Injectable()
class Orders {
  @Counted()
  place(): void {}
}

it('Two applications that share a class count its calls each for itself', async () => {
  const OrdersModule = measuredModule({ providers: [Orders] });
  const first = await boot(OrdersModule);
  const second = await boot(OrdersModule);
  first.app.get(Orders).place();
  first.app.get(Orders).place();
  second.app.get(Orders).place();

  expect(await callsIn(first.app)).toEqual({ 'Orders.place success': 2 });
  expect(await callsIn(second.app)).toEqual({ 'Orders.place success': 1 });
});
