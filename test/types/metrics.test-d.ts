import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
  makeSummaryProvider,
  type Counter,
  type Gauge,
  type Histogram,
  type MetricsRegistry,
  type Summary,
} from 'nestjs-observability';
import { assertType, describe, expectTypeOf, it } from 'vitest';

declare const metrics: MetricsRegistry;

describe('The label names of an array are the labels of', () => {
  it('a counter', () => {
    const counter = metrics.counter('orders_total', 'Orders', ['country', 'kind']);

    expectTypeOf(counter).toEqualTypeOf<Counter<'country' | 'kind'>>();
    assertType(counter.inc());
    assertType(counter.inc(5));
    assertType(counter.inc({ country: 'pt' }));
    assertType(counter.inc({ country: 'pt', kind: 1 }, 5));
    assertType(counter.labels({ country: 'pt' }).inc());
    assertType(counter.labels('pt', 'book').inc(2));
    assertType(counter.remove({ kind: 'book' }));
    // @ts-expect-error -- no such label
    assertType(counter.inc({ contry: 'pt' }));
    // @ts-expect-error -- no such label
    assertType(counter.labels({ contry: 'pt' }));
    // @ts-expect-error -- no such label
    assertType(counter.remove({ contry: 'pt' }));
    // @ts-expect-error -- a counter only grows
    assertType(counter.dec());
  });

  it('a gauge', () => {
    const gauge = metrics.gauge('queue_length', 'Queue', ['queue']);

    expectTypeOf(gauge).toEqualTypeOf<Gauge<'queue'>>();
    assertType(gauge.inc());
    assertType(gauge.dec({ queue: 'mail' }, 2));
    assertType(gauge.set(5));
    assertType(gauge.set({ queue: 'mail' }, 5));
    expectTypeOf(gauge.startTimer({ queue: 'mail' })()).toEqualTypeOf<number>();
    // @ts-expect-error -- no such label
    assertType(gauge.set({ topic: 'mail' }, 5));
    // @ts-expect-error -- no such label
    assertType(gauge.startTimer({ topic: 'mail' }));
    // @ts-expect-error -- a value is missing
    assertType(gauge.set({ queue: 'mail' }));
  });

  it('a histogram', () => {
    const histogram = metrics.histogram('job_seconds', 'Jobs', ['job'], [0.1, 1]);

    expectTypeOf(histogram).toEqualTypeOf<Histogram<'job'>>();
    assertType(histogram.observe(0.5));
    assertType(histogram.observe({ job: 'mail' }, 0.5));
    assertType(histogram.labels('mail').observe(0.5));
    expectTypeOf(histogram.startTimer()({ job: 'mail' })).toEqualTypeOf<number>();
    // @ts-expect-error -- no such label
    assertType(histogram.observe({ task: 'mail' }, 0.5));
    // @ts-expect-error -- no such label
    assertType(histogram.startTimer()({ task: 'mail' }));
    // @ts-expect-error -- bounds are numbers
    assertType(metrics.histogram('job_seconds', 'Jobs', ['job'], ['0.1']));
  });

  it('a summary', () => {
    const summary = metrics.summary('payload_bytes', 'Payloads', ['route'], [0.5, 0.99]);

    expectTypeOf(summary).toEqualTypeOf<Summary<'route'>>();
    assertType(summary.observe({ route: '/' }, 5));
    // @ts-expect-error -- no such label
    assertType(summary.observe({ path: '/' }, 5));
    // @ts-expect-error -- a summary does not grow by itself
    assertType(summary.inc());
  });

  it('an array kept as a constant', () => {
    const names = ['country', 'kind'] as const;

    expectTypeOf(metrics.counter('orders_total', 'Orders', names)).toEqualTypeOf<
      Counter<'country' | 'kind'>
    >();
  });

  it('an array of texts unknown to the compiler: any label', () => {
    const names: string[] = [];

    assertType(metrics.counter('orders_total', 'Orders', names).inc({ country: 'pt' }));
  });
});

it('A metric without label names takes no label', () => {
  const counter = metrics.counter('orders_total', 'Orders');

  expectTypeOf(counter).toEqualTypeOf<Counter<never>>();
  assertType(counter.inc());
  assertType(counter.inc(5));
});

it('Each metric can be made from one configuration object', () => {
  expectTypeOf(
    metrics.counter({ name: 'orders_total', help: 'Orders', labelNames: ['country'] }),
  ).toEqualTypeOf<Counter<'country'>>();
  expectTypeOf(
    metrics.gauge({
      name: 'queue_length',
      help: 'Queue',
      labelNames: ['queue'],
      aggregator: 'sum',
    }),
  ).toEqualTypeOf<Gauge<'queue'>>();
  expectTypeOf(
    metrics.histogram({ name: 'job_seconds', help: 'Jobs', labelNames: ['job'], buckets: [1] }),
  ).toEqualTypeOf<Histogram<'job'>>();
  expectTypeOf(
    metrics.summary({ name: 'bytes', help: 'Bytes', labelNames: ['route'], maxAgeSeconds: 60 }),
  ).toEqualTypeOf<Summary<'route'>>();

  const gauge = metrics.gauge({ name: 'queue_length', help: 'Queue', labelNames: ['queue'] });
  // @ts-expect-error -- no such label
  assertType(gauge.set({ topic: 'mail' }, 1));
  // @ts-expect-error -- the help text is missing
  assertType(metrics.counter({ name: 'orders_total' }));
  // @ts-expect-error -- a counter has no buckets
  assertType(metrics.counter({ name: 'orders_total', help: 'Orders', buckets: [1] }));
});

it('A collect function has the metric as its this', () => {
  const gauge = metrics.gauge({
    name: 'queue_length',
    help: 'Queue',
    labelNames: ['queue'],
    collect() {
      expectTypeOf(this).toEqualTypeOf<Gauge<'queue'>>();
      this.set({ queue: 'mail' }, 5);
    },
  });

  expectTypeOf(gauge).toEqualTypeOf<Gauge<'queue'>>();
});

it('A child has the calls of its metric, without labels', () => {
  const child = metrics.gauge('queue_length', 'Queue', ['queue']).labels({ queue: 'mail' });

  assertType(child.inc());
  assertType(child.set(5));
  // @ts-expect-error -- its labels are set
  assertType(child.set({ queue: 'mail' }, 5));
});

it('The registry exposes a text', () => {
  expectTypeOf(metrics.expose()).resolves.toEqualTypeOf<string>();
  expectTypeOf(metrics.contentType).toEqualTypeOf<string>();
  expectTypeOf(metrics.enabled).toEqualTypeOf<boolean>();
  // @ts-expect-error -- read only
  metrics.enabled = true;
});

it('Metrics can be provided and injected', () => {
  assertType(
    makeCounterProvider({ name: 'orders_total', help: 'Orders', labelNames: ['country'] }),
  );
  assertType(makeGaugeProvider({ name: 'queue_length', help: 'Queue' }));
  assertType(makeHistogramProvider({ name: 'job_seconds', help: 'Jobs', buckets: [0.1, 1] }));
  assertType(makeSummaryProvider({ name: 'bytes', help: 'Bytes', percentiles: [0.5] }));
  assertType(
    makeGaugeProvider({
      name: 'queue_length',
      help: 'Queue',
      inject: ['QUEUE'],
      collect(queue: { length: number }) {
        this.set(queue.length);
      },
    }),
  );
  // @ts-expect-error -- the help text is missing
  assertType(makeCounterProvider({ name: 'orders_total' }));

  class Orders {
    @InjectMetric('bytes') readonly bytes!: Summary;

    constructor(@InjectMetric('orders_total') readonly orders: Counter<'country'>) {}
  }
  assertType<object>(Orders);
});
