import { describe, expect, it } from 'vitest';
import { makeGaugeProvider } from '../../../lib/metrics/metric.providers.js';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import type {
  MetricConfiguration,
  MetricType,
  SummaryConfiguration,
} from '../../../lib/metrics/metrics.types.js';
import { registryOn } from './registry-on.js';

const REGISTRIES: readonly [string, () => MetricsRegistry][] = [
  ['on', registryOn],
  ['off', () => new MetricsRegistry()],
];

const TYPES: readonly MetricType[] = ['counter', 'gauge', 'histogram', 'summary'];
const NAMED = { name: 'm', help: 'Help' };

const ACCEPTED = {
  aggregator: 'one of "omit", "sum", "first", "min", "max", "average"',
  collect: 'a function',
  maxAgeSeconds: 'a finite number from 0.1, 0.1 for each of the ageBuckets',
  ageBuckets: 'a whole number from 1 to 1000',
};

const REFUSED: readonly [field: keyof typeof ACCEPTED, shown: string, value: unknown][] = [
  ['aggregator', '"mean" (string)', 'mean'],
  ['aggregator', '"" (string)', ''],
  ['aggregator', '"toString" (string)', 'toString'],
  ['aggregator', '["sum"] (array)', ['sum']],
  ['aggregator', 'null', null],
  ['collect', '"now" (string)', 'now'],
  ['collect', 'false (boolean)', false],
  ['collect', 'null', null],
  ['maxAgeSeconds', '0 (number)', 0],
  ['maxAgeSeconds', '0.09 (number)', 0.09],
  ['maxAgeSeconds', '-60 (number)', -60],
  ['maxAgeSeconds', 'NaN (number)', Number.NaN],
  ['maxAgeSeconds', 'Infinity (number)', Number.POSITIVE_INFINITY],
  ['maxAgeSeconds', '"60" (string)', '60'],
  ['maxAgeSeconds', 'null', null],
  ['ageBuckets', '0 (number)', 0],
  ['ageBuckets', '-1 (number)', -1],
  ['ageBuckets', '2.5 (number)', 2.5],
  ['ageBuckets', '"5" (string)', '5'],
  ['ageBuckets', '1001 (number)', 1_001],
  ['ageBuckets', 'null', null],
];

const AGES: readonly Partial<SummaryConfiguration>[] = [
  { maxAgeSeconds: 60, ageBuckets: 5 },
  { maxAgeSeconds: 0.5, ageBuckets: 1 },
  { maxAgeSeconds: 60 },
  { ageBuckets: 5 },
  { maxAgeSeconds: undefined, ageBuckets: undefined },
  // A tenth of a second for each part, to the digit.
  { maxAgeSeconds: 0.3, ageBuckets: 3 },
  { maxAgeSeconds: 0.6, ageBuckets: 6 },
  { maxAgeSeconds: 0.7, ageBuckets: 7 },
  { maxAgeSeconds: 1.2, ageBuckets: 12 },
  { maxAgeSeconds: 2.3, ageBuckets: 23 },
];

const UPKEEPS: readonly Partial<MetricConfiguration<string, never>>[] = [
  { aggregator: 'omit' },
  { aggregator: 'sum' },
  { aggregator: 'first' },
  { aggregator: 'min' },
  { aggregator: 'max' },
  { aggregator: 'average' },
  { aggregator: undefined, collect: undefined },
  { collect: () => {} },
  { collect: async () => {} },
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

  it.each(REFUSED)('a summary whose %s is %s is refused', (field, shown, value) => {
    const ask = (): unknown => registry().ofType('summary', { ...NAMED, [field]: value });

    expect(ask).toThrow(
      new TypeError(`Metric "m" (string): ${field} is ${shown}; accepted is ${ACCEPTED[field]}.`),
    );
  });

  it.each(TYPES)('a %s is refused for its aggregator and its collect', (type) => {
    for (const wrong of [{ aggregator: 'mean' }, { collect: 5 }]) {
      expect(() => registry().ofType(type, { ...NAMED, ...wrong } as never)).toThrow(TypeError);
    }
  });

  it.each(TYPES)('a %s takes every aggregator, every function, and none', (type) => {
    for (const upkeep of UPKEEPS) {
      expect(() => registry().ofType(type, { ...NAMED, ...upkeep })).not.toThrow();
    }
  });

  it.each(AGES)('a summary of %o takes what it is told', async (age) => {
    const metrics = registry();
    metrics.summary({ ...NAMED, ...age }).observe(3);

    const counted = metrics.enabled ? 'm_count 1' : 'Metrics are off';
    expect(await metrics.expose()).toContain(counted);
  });

  it('the parts of a summary’s age may not be so short that making up for a pause takes long', () => {
    const ask = () => registry().summary({ ...NAMED, maxAgeSeconds: 0.4, ageBuckets: 5 });

    expect(ask).toThrow(
      /maxAgeSeconds is 0.4 .*accepted is a finite number from 0.5, 0.1 for each/,
    );
  });

  it.each([3, 6, 7, 12, 23])(
    'the least age of %i parts is told in a short number',
    (ageBuckets) => {
      const ask = () => registry().summary({ ...NAMED, maxAgeSeconds: 0.1, ageBuckets });

      expect(ask).toThrow(
        `maxAgeSeconds is 0.1 (number); accepted is a finite number from ${ageBuckets / 10}, 0.1 for each`,
      );
    },
  );

  it('only a summary has an age to be wrong', () => {
    const other = { ...NAMED, maxAgeSeconds: 0, ageBuckets: 0 };

    expect(() => registry().histogram(other)).not.toThrow();
  });

  it('the label le is a counter’s to have', () => {
    expect(() => registry().counter('m', 'Help', ['le'])).not.toThrow();
  });

  it('a histogram without buckets and a summary without percentiles only count and sum', () => {
    expect(() => registry().histogram('h', 'Help', [], [])).not.toThrow();
    expect(() => registry().summary('s', 'Help', [], [])).not.toThrow();
  });
});

it('a provider of a metric refuses what its metric would, where it is written', () => {
  const provide = (collect: unknown) => () =>
    makeGaugeProvider({ ...NAMED, collect: collect as never });

  expect(provide(5)).toThrow(/collect is 5 \(number\); accepted is a function/);
  expect(provide(null)).toThrow(/collect is null; accepted is a function/);
});
