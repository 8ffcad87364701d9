import { Injectable } from '@nestjs/common';
import { Counted, InjectMetric, makeCounterProvider, type Counter } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

abstract class Repository {
  @Counted()
  find(): string {
    return 'found';
  }

  @Counted()
  save(): void {}
}

@Injectable()
class Orders extends Repository {
  @InjectMetric('orders_total') readonly orders!: Counter;

  @Counted()
  place(): string {
    return this.find();
  }
}

@Injectable()
class Products extends Repository {
  override save(): void {}

  override find(): string {
    return `${super.find()} again`;
  }
}

const InheritedModule = measuredModule({
  providers: [Orders, Products, makeCounterProvider({ name: 'orders_total', help: 'Orders' })],
});

it('An inherited method counts under the class of the instance', async () => {
  const { app } = await boot(InheritedModule);

  expect(app.get(Orders).place()).toBe('found');
  expect(app.get(Products).find()).toBe('found again');
  expect(await callsIn(app)).toEqual({
    'Orders.place success': 1,
    'Orders.find success': 1,
    'Products.find success': 1,
  });
});

it('A method that another replaces does not count', async () => {
  const { app } = await boot(InheritedModule);
  app.get(Products).save();
  app.get(Orders).save();

  expect(await callsIn(app)).toEqual({ 'Orders.save success': 1 });
});
