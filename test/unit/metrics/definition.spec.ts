import { describe, expect, it } from 'vitest';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { registryOn } from './registry-on.js';

const REGISTRIES: readonly [string, () => MetricsRegistry][] = [
  ['on', registryOn],
  ['off', () => new MetricsRegistry()],
];

const MISTAKES: readonly [string, (metrics: MetricsRegistry) => unknown, string][] = [
  ['a name with a hyphen', (m) => m.counter('a-b', 'Help'), '"a-b" (string)'],
  ['a name that starts with a digit', (m) => m.counter('1st', 'Help'), '"1st" (string)'],
  ['no name', (m) => m.counter(undefined as never, 'Help'), 'its name is undefined'],
  ['an empty help text', (m) => m.gauge('m', ''), 'its help is "" (string)'],
  ['a label with a hyphen', (m) => m.gauge('m', 'Help', ['a-b']), 'a label name is "a-b"'],
  ['a label of Prometheus’s own', (m) => m.gauge('m', 'Help', ['__name__']), '"__name__"'],
  ['a label twice', (m) => m.gauge('m', 'Help', ['a', 'a']), 'each label once'],
  ['labels that are no array', (m) => m.gauge('m', 'Help', 'a' as never), 'labelNames is "a"'],
  ['the label le on a histogram', (m) => m.histogram('m', 'Help', ['le']), '"le" (string)'],
  ['the label quantile on a summary', (m) => m.summary('m', 'Help', ['quantile']), '"quantile"'],
  ['buckets that are no array', (m) => m.histogram('m', 'H', [], 5 as never), 'buckets is 5'],
  ['buckets out of order', (m) => m.histogram('m', 'H', [], [1, 0.5]), 'buckets is [1,0.5]'],
  ['a bucket twice', (m) => m.histogram('m', 'H', [], [1, 1]), 'buckets is [1,1]'],
  ['an infinite bucket', (m) => m.histogram('m', 'H', [], [1, Infinity]), 'buckets is [1,"Inf'],
  ['a percentile above 1', (m) => m.summary('m', 'H', [], [50]), 'percentiles is [50]'],
];

describe.each(REGISTRIES)('With metrics %s', (_state, registry) => {
  it.each(MISTAKES)(
    '%s is an error that shows it and says what is accepted',
    (_title, ask, shown) => {
      expect(() => ask(registry())).toThrow(TypeError);
      expect(() => ask(registry())).toThrow(shown);
      expect(() => ask(registry())).toThrow(/; accepted is .+\.$/);
    },
  );

  it('the label le is a counter’s to have', () => {
    expect(() => registry().counter('m', 'Help', ['le'])).not.toThrow();
  });

  it('a histogram without buckets and a summary without percentiles only count and sum', () => {
    expect(() => registry().histogram('h', 'Help', [], [])).not.toThrow();
    expect(() => registry().summary('s', 'Help', [], [])).not.toThrow();
  });
});
