import { describe, expect, it } from 'vitest';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { registryOn } from './registry-on.js';

const REGISTRIES: readonly [string, () => MetricsRegistry][] = [
  ['on', registryOn],
  ['off', () => new MetricsRegistry()],
];

type Ask = (metrics: MetricsRegistry) => unknown;

const CONFLICTS: readonly [string, Ask, Ask, string, string][] = [
  ['type', (m) => m.counter('m', 'M'), (m) => m.gauge('m', 'M'), 'counter()', 'gauge()'],
  [
    'labels',
    (m) => m.counter('m', 'M', ['method']),
    (m) => m.counter('m', 'M', ['method', 'status']),
    'counter(method)',
    'counter(method, status)',
  ],
  [
    'order of labels',
    (m) => m.gauge('m', 'M', ['method', 'status']),
    (m) => m.gauge('m', 'M', ['status', 'method']),
    'gauge(method, status)',
    'gauge(status, method)',
  ],
  [
    'buckets',
    (m) => m.histogram('m', 'M', ['method'], [0.1, 1]),
    (m) => m.histogram('m', 'M', ['method'], [0.1, 5]),
    'histogram(method) with 0.1, 1',
    'histogram(method) with 0.1, 5',
  ],
  [
    'buckets, where one has the default ones',
    (m) => m.histogram('m', 'M'),
    (m) => m.histogram({ name: 'm', help: 'M', buckets: [1, 2] }),
    'histogram()',
    'histogram() with 1, 2',
  ],
  [
    'percentiles',
    (m) => m.summary('m', 'M', [], [0.5]),
    (m) => m.summary('m', 'M', [], [0.5, 0.99]),
    'summary() with 0.5',
    'summary() with 0.5, 0.99',
  ],
];

describe.each(REGISTRIES)('With metrics %s', (_state, registry) => {
  it('the same metric asked for twice is one metric', () => {
    const metrics = registry();
    const first = metrics.histogram('m', 'M', ['method'], [0.1, 1]);

    expect(metrics.histogram('m', 'M', ['method'], [0.1, 1])).toBe(first);
  });

  it('a configuration object means the same metric as arguments', () => {
    const metrics = registry();
    const first = metrics.counter('m', 'M', ['method']);

    expect(metrics.counter({ name: 'm', help: 'M', labelNames: ['method'] })).toBe(first);
  });

  it('another help text means the same metric', () => {
    const metrics = registry();

    expect(metrics.counter('m', 'One')).toBe(metrics.counter('m', 'Other'));
  });

  it.each(CONFLICTS)('another %s is an error that shows both', (_what, one, other, was, is) => {
    const metrics = registry();
    one(metrics);

    expect(() => other(metrics)).toThrow(`Metric "m" exists as ${was} and is asked for as ${is}:`);
  });
});
