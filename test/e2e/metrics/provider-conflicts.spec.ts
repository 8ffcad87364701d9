import { Injectable, Module, type FactoryProvider } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
  makeSummaryProvider,
  MetricsRegistry,
  ObservabilityModule,
  type Counter,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, bootError } from '../../support/boot.js';

/** An application two modules of which provide metrics. */
function appOf(enabled: boolean, one: FactoryProvider, other: FactoryProvider): new () => object {
  @Module({ providers: [one] })
  class OneModule {}

  @Module({ providers: [other] })
  class OtherModule {}

  @Module({
    imports: [ObservabilityModule.forRoot({ metrics: { enabled } }), OneModule, OtherModule],
  })
  class AppModule {}
  return AppModule;
}

const CONFLICTS: readonly [string, FactoryProvider, FactoryProvider, string, string][] = [
  [
    'type',
    makeCounterProvider({ name: 'm', help: 'M' }),
    makeGaugeProvider({ name: 'm', help: 'M' }),
    'counter()',
    'gauge()',
  ],
  [
    'labels',
    makeCounterProvider({ name: 'm', help: 'M', labelNames: ['kind'] }),
    makeCounterProvider({ name: 'm', help: 'M', labelNames: ['colour'] }),
    'counter(kind)',
    'counter(colour)',
  ],
  [
    'buckets',
    makeHistogramProvider({ name: 'm', help: 'M', buckets: [1] }),
    makeHistogramProvider({ name: 'm', help: 'M', buckets: [2] }),
    'histogram() with 1',
    'histogram() with 2',
  ],
  [
    'percentiles',
    makeSummaryProvider({ name: 'm', help: 'M', percentiles: [0.5] }),
    makeSummaryProvider({ name: 'm', help: 'M', percentiles: [0.9] }),
    'summary() with 0.5',
    'summary() with 0.9',
  ],
];

describe.each([true, false])('With metrics.enabled %s, one name', (enabled) => {
  it.each(CONFLICTS)(
    'with another %s stops the boot with an error that shows both',
    async (_what, one, other, first, second) => {
      const message = await bootError(appOf(enabled, one, other));

      expect(message).toContain('Metric "m" exists as ');
      expect(message).toContain(first);
      expect(message).toContain(second);
    },
  );
});

@Injectable()
class Orders {
  constructor(@InjectMetric('orders_total') readonly counter: Counter) {}
}

const orders = makeCounterProvider({ name: 'orders_total', help: 'Orders' });

@Module({ providers: [Orders, orders] })
class OrdersModule {}

@Module({ providers: [{ provide: 'OTHER', useClass: Orders }, orders] })
class MoreOrdersModule {}

@Module({
  imports: [
    ObservabilityModule.forRoot({ metrics: { enabled: true } }),
    OrdersModule,
    MoreOrdersModule,
  ],
})
class SharingModule {}

it('Two modules that provide one metric in the same way, and the registry, have the same', async () => {
  const { app } = await boot(SharingModule);
  const [one, other] = [app.get(Orders), app.get<Orders>('OTHER')];

  expect(one.counter).toBe(other.counter);
  expect(app.get(MetricsRegistry).counter('orders_total', 'Orders')).toBe(one.counter);
});

it.each([
  ['name', () => makeCounterProvider({ name: 'orders-total', help: 'Orders' })],
  ['help text', () => makeGaugeProvider({ name: 'orders', help: '' })],
  ['label', () => makeSummaryProvider({ name: 'orders', help: 'O', labelNames: ['quantile'] })],
  ['list of buckets', () => makeHistogramProvider({ name: 'orders', help: 'O', buckets: [2, 1] })],
])('A bad %s is refused where it is written', (_what, make) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^Metric "orders(-total)?" \(string\): /);
});
