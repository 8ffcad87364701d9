import { Injectable, Module, Scope } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Counted, makeGaugeProvider, ObservabilityModule, Timed } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot, bootError } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

@Injectable()
class Orders {
  @Counted('orders')
  place(): string {
    return 'placed';
  }
}

@Injectable({ scope: Scope.REQUEST })
class TimedOrders {
  @Timed('orders')
  place(): void {}
}

const gauge = makeGaugeProvider({ name: 'orders', help: 'Orders' });

it.each([true, false])(
  'A name that is taken by another metric stops the boot, with metrics.enabled %s',
  async (enabled) => {
    @Module({
      imports: [ObservabilityModule.forRoot({ metrics: { enabled } })],
      providers: [Orders, gauge],
    })
    class AppModule {}

    expect(await bootError(AppModule)).toMatch(
      /^(@Counted\('orders'\) on Orders\.place: )?Metric "orders" exists as .*(gauge\(\)|counter\(class, method, outcome\))/,
    );
  },
);

it('Two decorators that mean different metrics by one name stop the boot, also where there is no instance yet', async () => {
  expect(await bootError(measuredModule({ providers: [Orders, TimedOrders] }))).toBe(
    '@Timed(\'orders\') on TimedOrders.place: Metric "orders" exists as counter(class, method, outcome) and is asked for as ' +
      'histogram(class, method, outcome): give one of them another name, or make them the same.',
  );
});

it('Once the application runs, a clash is logged, and the method is called as ever', async () => {
  const { app, log } = await boot(measuredModule({ providers: [TimedOrders] }));

  @Module({ providers: [Orders] })
  class LazyModule {}
  const lazy = await app.get(LazyModuleLoader).load(() => LazyModule);

  expect(lazy.get(Orders).place()).toBe('placed');
  expect(await callsIn(app, 'orders')).toEqual({});
  expect(log.ours('error')).toEqual([
    'A method is not measured: @Counted(\'orders\') on Orders.place: Metric "orders" exists as ' +
      'histogram(class, method, outcome) and is asked for as counter(class, method, outcome): ' +
      'give one of them another name, or make them the same.',
  ]);
});
