import { expect, it } from 'vitest';
import { HeldMetrics, type HeldMetric } from '../../../lib/metrics/held-metrics.js';
import { defineMetric } from '../../../lib/metrics/metric-definition.js';
import type { MetricType } from '../../../lib/metrics/metrics.types.js';
import { noopMetric } from '../../../lib/metrics/noop-metric.js';

const THEIRS = false;
const OURS = true;

function held(type: MetricType, name: string, isExported: boolean): HeldMetric {
  return { definition: definition(type, name), metric: noopMetric(), isExported };
}

function definition(type: MetricType, name: string, labelNames: readonly string[] = []) {
  return defineMetric(type, { name, help: 'Help', labelNames });
}

function holding(...all: readonly HeldMetric[]): HeldMetrics {
  const metrics = new HeldMetrics();
  for (const one of all) metrics.add(one);
  return metrics;
}

it('A metric is found by its name, and not by those of its samples', () => {
  const histogram = held('histogram', 'a', THEIRS);
  const metrics = holding(histogram);

  expect(metrics.get('a')).toBe(histogram);
  expect(metrics.get('a_count')).toBeUndefined();
});

it.each([
  ['counter', ['a']],
  ['gauge', ['a']],
  ['histogram', ['a', 'a_bucket', 'a_sum', 'a_count']],
  ['summary', ['a', 'a_sum', 'a_count']],
] as const)('A %s writes samples of its own names only', (type, names) => {
  const metrics = holding(held(type, 'a', THEIRS));

  const asked = ['a', 'a_bucket', 'a_sum', 'a_count', 'a_total', 'b'];
  expect(asked.filter((sample) => metrics.writes(sample))).toEqual(names);
});

it('The names of a metric that is dropped are free, and those of the others stay taken', () => {
  const histogram = held('histogram', 'a', OURS);
  const metrics = holding(histogram, held('counter', 'b', OURS));

  metrics.drop(histogram);

  expect(metrics.get('a')).toBeUndefined();
  expect(['a', 'a_bucket', 'a_sum', 'a_count', 'b'].filter((name) => metrics.writes(name))).toEqual(
    ['b'],
  );
  expect(metrics.rivalsOf(definition('histogram', 'a'))).toEqual([]);
});

it('The rivals of a metric are all that write its samples, each once', () => {
  const histogram = held('histogram', 'a', OURS);
  const sum = held('counter', 'b_sum', OURS);
  const count = held('gauge', 'b_count', THEIRS);
  const metrics = holding(histogram, sum, count, held('gauge', 'c', OURS));

  expect(metrics.rivalsOf(definition('summary', 'a'))).toEqual([histogram]);
  expect(metrics.rivalsOf(definition('gauge', 'a_count'))).toEqual([histogram]);
  expect(metrics.rivalsOf(definition('summary', 'b'))).toEqual([sum, count]);
  expect(metrics.rivalsOf(definition('counter', 'b'))).toEqual([]);
});

it('A metric of another shape under a name of the application’s own is a clash that shows both', () => {
  const metrics = holding(held('counter', 'a', THEIRS));

  expect(metrics.clashOf(definition('counter', 'a', ['x']))).toBe(
    'Metric "a" exists as counter() and is asked for as counter(x): ' +
      'give one of them another name, or make them the same.',
  );
});

it('A metric that is there already clashes with nothing', () => {
  const metrics = holding(held('histogram', 'a', THEIRS));

  expect(metrics.clashOf(definition('histogram', 'a'))).toBeUndefined();
});

it('A metric that would write samples of the application’s own is a clash that says which', () => {
  const metrics = holding(held('histogram', 'a', THEIRS), held('gauge', 'b_sum', THEIRS));

  expect(metrics.clashOf(definition('counter', 'a_count'))).toBe(
    'Metric "a_count", a counter, and metric "a", a histogram, ' +
      'would both write samples called "a_count": give one of them another name.',
  );
  expect(metrics.clashOf(definition('summary', 'b'))).toBe(
    'Metric "b", a summary, and metric "b_sum", a gauge, ' +
      'would both write samples called "b_sum": give one of them another name.',
  );
});

it('With one of ours nothing clashes, and one of the application’s own behind it does', () => {
  const metrics = holding(held('gauge', 'a', OURS), held('gauge', 'a_count', THEIRS));

  expect(metrics.clashOf(definition('counter', 'a', ['x']))).toBeUndefined();
  expect(metrics.clashOf(definition('summary', 'a'))).toMatch(/called "a_count"/);
});
