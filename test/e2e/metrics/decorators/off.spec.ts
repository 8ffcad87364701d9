import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { Counted, MetricsRegistry, ObservabilityModule, Timed } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';

const shared = Promise.resolve();

@Injectable()
class Orders {
  @Counted()
  @Timed()
  place(): string {
    return 'placed';
  }

  @Counted()
  ready(): Promise<void> {
    return shared;
  }
}

@Controller()
class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Counted()
  @Get('orders')
  @Timed()
  list(): string {
    return this.orders.place();
  }
}

it('With metrics off the methods are called as ever', async () => {
  @Module({
    imports: [ObservabilityModule.forRoot()],
    controllers: [OrdersController],
    providers: [Orders],
  })
  class OffModule {}
  const { app, get } = await boot(OffModule);

  expect(await (await get('/orders')).text()).toBe('placed');
  expect(app.get(Orders).ready()).toBe(shared);
  expect(await app.get(MetricsRegistry).expose()).toMatch(/^# Metrics are off/);
});

it('Without the module the methods are called as ever', async () => {
  @Module({ controllers: [OrdersController], providers: [Orders] })
  class PlainModule {}
  const { get } = await boot(PlainModule);

  expect(await (await get('/orders')).text()).toBe('placed');
});

it('Without NestJS the methods are called as ever, also with no this at all', () => {
  // oxlint-disable-next-line typescript/unbound-method -- `this` is what this is about
  const { place } = Orders.prototype;

  expect(new Orders().place()).toBe('placed');
  expect(place.call(undefined as never)).toBe('placed');
});
