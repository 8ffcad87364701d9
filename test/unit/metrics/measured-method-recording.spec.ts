import { Counted, MetricsRegistry, Timed } from 'nestjs-observability';
import { afterEach, expect, it, vi } from 'vitest';
import { MeasuredClasses } from '../../../lib/metrics/measured-classes.js';
import { registryOn } from './registry-on.js';

afterEach(() => vi.restoreAllMocks());

class Orders {
  constructor(private readonly work: () => void) {}

  @Timed('work_seconds', { buckets: [1, 2] })
  @Counted('work_total')
  place(): string {
    this.work();
    return 'placed';
  }
}

function measured(metrics: MetricsRegistry, work: () => void = () => {}): Orders {
  const orders = new Orders(work);
  const classes = new MeasuredClasses();
  classes.measure(orders);
  classes.start(metrics);
  return orders;
}

it('The time is that from the call to its end, in seconds', async () => {
  let now = 5_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const metrics = registryOn();
  measured(metrics, () => {
    now += 1_500;
  }).place();
  const text = await metrics.expose();

  expect(text).toMatch(/^work_seconds_sum\{[^}]*\} 1\.5$/m);
  expect(text).toMatch(/^work_seconds_bucket\{[^}]*le="1"[^}]*\} 0$/m);
  expect(text).toMatch(/^work_seconds_bucket\{[^}]*le="2"[^}]*\} 1$/m);
});

it('A metric that cannot be recorded is no affair of the caller', () => {
  const metrics = registryOn();
  const record = vi.fn<() => never>(() => {
    throw new Error('broken');
  });
  const broken = { labels: () => ({ inc: record, observe: record }) };
  vi.spyOn(metrics, 'ofType').mockReturnValue(broken as never);

  expect(measured(metrics).place()).toBe('placed');
  expect(record).toHaveBeenCalledTimes(2);
});

it('Nothing is recorded with metrics off', () => {
  const metrics = new MetricsRegistry();
  const counter = metrics.counter('work_total', 'Work', ['class', 'method', 'outcome']);
  const inc = vi.spyOn(counter, 'inc');
  measured(metrics).place();

  expect(inc).not.toHaveBeenCalled();
});
