import { Injectable, Module } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
  makeSummaryProvider,
  ObservabilityModule,
  type Counter,
  type Gauge,
  type Histogram,
  type Summary,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, bootError, PLATFORMS } from '../../support/boot.js';

@Injectable()
class Pool {
  readonly size = 12;
}

const metricProviders = [
  makeCounterProvider({
    name: 'orders_total',
    help: 'Orders',
    labelNames: ['country'],
    inject: [Pool],
    collect(pool: Pool) {
      this.reset();
      this.inc({ country: 'pt' }, pool.size);
    },
  }),
  makeGaugeProvider({
    name: 'pool_size',
    help: 'Connections',
    inject: [Pool],
    collect(pool: Pool) {
      this.set(pool.size);
    },
  }),
  makeHistogramProvider({
    name: 'job_seconds',
    help: 'Jobs',
    buckets: [10, 20],
    inject: [Pool],
    async collect(pool: Pool) {
      await Promise.resolve();
      this.reset();
      this.observe(pool.size);
    },
  }),
  makeSummaryProvider({
    name: 'payload_bytes',
    help: 'Payload',
    percentiles: [0.5],
    inject: [Pool],
    collect(pool: Pool) {
      this.reset();
      this.observe(pool.size);
    },
  }),
];

@Module({ providers: [Pool, ...metricProviders] })
class JobsModule {}

function appModule(enabled: boolean): new () => object {
  @Module({ imports: [JobsModule, ObservabilityModule.forRoot({ metrics: { enabled } })] })
  class AppModule {}
  return AppModule;
}

@Injectable()
class Orders {
  @InjectMetric('PER_property_total') readonly perProperty!: Counter;

  constructor(
    @InjectMetric('c_total') readonly counter: Counter<'country'>,
    @InjectMetric('g') readonly gauge: Gauge,
    @InjectMetric('h') readonly histogram: Histogram,
    @InjectMetric('s') readonly summary: Summary,
  ) {}

  place(): void {
    this.perProperty.inc();
    this.counter.inc({ country: 'pt' });
    this.gauge.set(4);
    this.histogram.observe(0.5);
    this.summary.observe(0.5);
  }
}

const injectedProviders = [
  Orders,
  makeCounterProvider({ name: 'PER_property_total', help: 'P' }),
  makeCounterProvider({ name: 'c_total', help: 'C', labelNames: ['country'] }),
  makeGaugeProvider({ name: 'g', help: 'G' }),
  makeHistogramProvider({ name: 'h', help: 'H', buckets: [1] }),
  makeSummaryProvider({ name: 's', help: 'S', percentiles: [0.5] }),
];

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  providers: injectedProviders,
})
class InjectedModule {}

@Module({ imports: [ObservabilityModule.forRoot()], providers: injectedProviders })
class InjectedOffModule {}

@Module({ providers: [makeCounterProvider({ name: 'm', help: 'M' })] })
class OneModule {}

@Module({ providers: [makeCounterProvider({ name: 'm', help: 'M', labelNames: ['kind'] })] })
class OtherModule {}

@Module({ imports: [ObservabilityModule.forRoot(), OneModule, OtherModule] })
class ConflictingModule {}

describe.each(PLATFORMS)('Providers of metrics, on %s', (platform) => {
  it('of all four types call their collector at each scrape with what they inject', async () => {
    const { get } = await boot(appModule(true), platform);
    await get('/metrics');
    const text = await (await get('/metrics')).text();

    expect(text).toContain('orders_total{country="pt"} 12\n');
    expect(text).toContain('pool_size 12\n');
    expect(text).toContain('job_seconds_bucket{le="10"} 0\njob_seconds_bucket{le="20"} 1\n');
    expect(text).toContain('payload_bytes{quantile="0.5"} 12\n');
  });

  it('of all four types give what @InjectMetric asks for', async () => {
    const { app, get } = await boot(InjectedModule, platform);
    app.get(Orders).place();
    const text = await (await get('/metrics')).text();

    expect(text).toContain('PER_property_total 1\n');
    expect(text).toContain('c_total{country="pt"} 1\n');
    expect(text).toContain('\ng 4\n');
    expect(text).toContain('h_count 1\n');
    expect(text).toContain('s_count 1\n');
  });

  it('give metrics that do nothing where metrics are off', async () => {
    const { app, get } = await boot(InjectedOffModule, platform);
    app.get(Orders).place();

    expect(await (await get('/metrics')).text()).toMatch(/^# Metrics are off\./);
  });
});

it('Two modules that provide one name in two ways stop the boot with an error that shows both', async () => {
  expect(await bootError(ConflictingModule)).toContain(
    'Metric "m" exists as counter() and is asked for as counter(kind)',
  );
});
