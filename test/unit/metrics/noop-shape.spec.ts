import { describe, expect, it } from 'vitest';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { registryOn } from './registry-on.js';

type Calls = Record<string, (metrics: MetricsRegistry) => unknown>;

const counter = (metrics: MetricsRegistry) => metrics.counter('c_total', 'C', ['a']);
const gauge = (metrics: MetricsRegistry) => metrics.gauge('g', 'G', ['a']);
const histogram = (metrics: MetricsRegistry) => metrics.histogram('h', 'H', ['a'], [1, 2]);
const summary = (metrics: MetricsRegistry) => metrics.summary('s', 'S', ['a'], [0.5]);

const CALLS: Calls = {
  'counter.inc()': (m) => counter(m).inc(),
  'counter.inc(2)': (m) => counter(m).inc(2),
  'counter.inc(labels, 2)': (m) => counter(m).inc({ a: 'x' }, 2),
  'counter.labels(object).inc()': (m) => counter(m).labels({ a: 'x' }).inc(),
  'counter.labels(value).inc(2)': (m) => counter(m).labels('x').inc(2),
  'counter.remove(labels)': (m) => counter(m).remove({ a: 'x' }),
  'counter.remove(value)': (m) => counter(m).remove('x'),
  'counter.reset()': (m) => counter(m).reset(),
  'gauge.inc(labels)': (m) => gauge(m).inc({ a: 'x' }),
  'gauge.dec(labels, 2)': (m) => gauge(m).dec({ a: 'x' }, 2),
  'gauge.set(3)': (m) => gauge(m).set(3),
  'gauge.set(labels, 3)': (m) => gauge(m).set({ a: 'x' }, 3),
  'gauge.setToCurrentTime()': (m) => gauge(m).setToCurrentTime(),
  'gauge.startTimer(labels)': (m) => typeof gauge(m).startTimer({ a: 'x' })(),
  'gauge.labels(object).inc()': (m) => gauge(m).labels({ a: 'x' }).inc(),
  'gauge.labels(object).dec()': (m) => gauge(m).labels({ a: 'x' }).dec(),
  'gauge.labels(object).set(3)': (m) => gauge(m).labels({ a: 'x' }).set(3),
  'gauge.labels(value).setToCurrentTime()': (m) => gauge(m).labels('x').setToCurrentTime(),
  'gauge.labels(value).startTimer()': (m) => typeof gauge(m).labels('x').startTimer()(),
  'gauge.remove(labels)': (m) => gauge(m).remove({ a: 'x' }),
  'gauge.reset()': (m) => gauge(m).reset(),
  'histogram.observe(1)': (m) => histogram(m).observe(1),
  'histogram.observe(labels, 1)': (m) => histogram(m).observe({ a: 'x' }, 1),
  'histogram.startTimer(labels)': (m) => typeof histogram(m).startTimer({ a: 'x' })(),
  'histogram.labels(object).observe(1)': (m) => histogram(m).labels({ a: 'x' }).observe(1),
  'histogram.labels(value).startTimer()': (m) => typeof histogram(m).labels('x').startTimer()(),
  'histogram.zero(labels)': (m) => histogram(m).zero({ a: 'x' }),
  'histogram.remove(labels)': (m) => histogram(m).remove({ a: 'x' }),
  'histogram.reset()': (m) => histogram(m).reset(),
  'summary.observe(1)': (m) => summary(m).observe(1),
  'summary.observe(labels, 1)': (m) => summary(m).observe({ a: 'x' }, 1),
  'summary.startTimer(labels)': (m) => typeof summary(m).startTimer({ a: 'x' })(),
  'summary.labels(object).observe(1)': (m) => summary(m).labels({ a: 'x' }).observe(1),
  'summary.labels(value).startTimer()': (m) => typeof summary(m).labels('x').startTimer()(),
  'summary.remove(labels)': (m) => summary(m).remove({ a: 'x' }),
  'summary.reset()': (m) => summary(m).reset(),
};

describe.each(Object.keys(CALLS))('%s', (name) => {
  it('works with metrics off as it does with metrics on', () => {
    const withMetricsOn = CALLS[name]?.(registryOn());
    const withMetricsOff = CALLS[name]?.(new MetricsRegistry());

    // A timer measures a number in both; what prom-client happens to return elsewhere is nobody's business.
    expect(withMetricsOff).toBe(withMetricsOn === 'number' ? 'number' : undefined);
  });
});
