import { describe, expect, it } from 'vitest';
import { Faults } from '../../../lib/faults.js';
import type {
  MetricsRegistry,
  MetricsRegistrySettings,
} from '../../../lib/metrics/metrics.registry.js';
import { parseExposition } from '../../support/exposition-parser.js';
import { registryOn } from './registry-on.js';
import { watchLog } from './watched-log.js';

const LIMIT = 3;
const OVERFLOW = '__overflow__';

const log = watchLog();

/** What is recorded once, and the sample that shows how often. */
const METRICS = {
  counter: (metrics: MetricsRegistry) => metrics.counter('m', 'M', ['a', 'b']),
  gauge: (metrics: MetricsRegistry) => metrics.gauge('m', 'M', ['a', 'b']),
  histogram: (metrics: MetricsRegistry) => metrics.histogram('m', 'M', ['a', 'b'], [1]),
  summary: (metrics: MetricsRegistry) => metrics.summary('m', 'M', ['a', 'b'], [0.5]),
} as const;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;

interface AnyMetric {
  inc(labels: object, value: number): void;
  observe(labels: object, value: number): void;
  labels(labels: object): { inc(value: number): void; observe(value: number): void };
  remove(labels: object): void;
  reset(): void;
}

/** A metric of some type with a limit of three label sets. */
function limited(
  type: (typeof TYPES)[number],
  settings: MetricsRegistrySettings = { maxSeriesPerMetric: LIMIT },
) {
  const faults = new Faults();
  const metrics = registryOn({ ...settings, faults });
  const metric = METRICS[type](metrics) as unknown as AnyMetric;
  const method = type === 'counter' || type === 'gauge' ? 'inc' : 'observe';
  return {
    faults,
    metrics,
    metric,
    record: (a: string) => metric[method]({ a, b: 'x' }, 1),
    bind: (a: string) => {
      const child = metric.labels({ a, b: 'x' });
      return () => child[method](1);
    },
    /** How often each value of the first label was recorded. */
    shown: async () => {
      const families = parseExposition(await metrics.expose(), 'prometheus');
      const counted = method === 'inc' ? 'm' : 'm_count';
      const samples = families.get('m')?.samples.filter(({ name }) => name === counted) ?? [];
      expect(samples.filter(({ labels }) => labels.get('a') === OVERFLOW)).toEqual(
        samples.filter(({ labels }) => labels.get('b') === OVERFLOW),
      );
      return Object.fromEntries(samples.map(({ labels, value }) => [labels.get('a'), value]));
    },
    /** How many recordings fell into the series for what comes beyond. */
    diverted: () => Object.fromEntries(metrics.diverted),
  };
}

describe.each(TYPES)('A %s that has as many label sets as it may have', (type) => {
  it('counts what comes beyond in one series, and tells how much of it there is', async () => {
    const { record, shown, diverted, faults } = limited(type);
    for (const a of ['1', '2', '3', '4', '5', '4', '1']) record(a);

    expect(await shown()).toEqual({ 1: 2, 2: 1, 3: 1, [OVERFLOW]: 3 });
    expect(diverted()).toEqual({ m: 3 });
    expect([faults.of('metric_label'), faults.of('metric_value')]).toEqual([0, 0]);
  });

  it('logs it once', () => {
    const { record, metrics } = limited(type);
    for (const a of ['1', '2', '3']) record(a);
    expect(log.lines).toEqual([]);
    for (const a of ['4', '5', '6']) record(a);

    expect(log.ours('warn')).toEqual([expect.stringMatching(/"m" has 3 label sets.*__overflow__/)]);
    const other = metrics.counter('other', 'Other', ['a']);
    for (const a of ['1', '2', '3', '4', '5']) other.inc({ a });
    expect(log.ours('warn')).toHaveLength(2);
    expect(log.ours('warn')[1]).toContain('"other"');
  });

  it('has room for another when one is removed', async () => {
    const { record, metric, shown } = limited(type);
    for (const a of ['1', '2', '3', '4']) record(a);
    metric.remove({ a: '2', b: 'x' });
    for (const a of ['5', '6', '5']) record(a);

    expect(await shown()).toEqual({ 1: 1, 3: 1, 5: 2, [OVERFLOW]: 2 });
  });

  it('keeps its limit when what comes beyond is removed', async () => {
    const { record, metric, shown } = limited(type);
    for (const a of ['1', '2', '3', '4']) record(a);
    metric.remove({ a: OVERFLOW, b: OVERFLOW });
    expect(await shown()).toEqual({ 1: 1, 2: 1, 3: 1 });
    for (const a of ['5', '6']) record(a);

    expect(await shown()).toEqual({ 1: 1, 2: 1, 3: 1, [OVERFLOW]: 2 });
  });

  it('has those of children that were made before, whenever they record', async () => {
    const { record, bind, shown } = limited(type);
    const early = bind('early');
    early();
    const late = bind('late');
    for (const a of ['1', '2', '3']) record(a);
    early();
    late();
    late();

    expect(await shown()).toEqual({ early: 2, 1: 1, 2: 1, [OVERFLOW]: 3 });
  });

  it('gives a child that found no room one of its own when there is room', async () => {
    const { record, bind, metric, shown, diverted } = limited(type);
    for (const a of ['1', '2', '3']) record(a);
    const child = bind('child');
    child();
    child();
    metric.remove({ a: '1', b: 'x' });
    child();

    expect(await shown()).toEqual({ 2: 1, 3: 1, child: 1, [OVERFLOW]: 2 });
    expect(diverted()).toEqual({ m: 2 });
  });

  it('makes no series for a child that records nothing', async () => {
    const { record, bind, shown } = limited(type);
    for (let i = 0; i < 10; i += 1) bind(`${i}`);
    for (const a of ['1', '2', '3']) record(a);

    expect(await shown()).toEqual({ 1: 1, 2: 1, 3: 1 });
  });
});

describe('The limit', () => {
  it('holds for each metric by itself, and leaves one without labels alone', async () => {
    const metrics = registryOn({ maxSeriesPerMetric: 1 });
    metrics.counter('a', 'A', ['x']).inc({ x: '1' });
    metrics.counter('b', 'B', ['x']).inc({ x: '1' });
    metrics.counter('c', 'C').inc();

    expect(await metrics.expose()).not.toContain(OVERFLOW);
    expect(log.lines).toEqual([]);
  });

  it('is 2000 where nobody says otherwise', async () => {
    const { record, shown } = limited('counter', {});
    for (let i = 0; i < 2_002; i += 1) record(`${i}`);

    const found = await shown();
    expect(Object.keys(found)).toHaveLength(2_001);
    expect(found[OVERFLOW]).toBe(2);
  });

  it('is free again after a reset', async () => {
    const { record, metric, shown } = limited('counter');
    for (const a of ['1', '2', '3', '4']) record(a);
    metric.reset();
    for (const a of ['5', '6', '7']) record(a);

    expect(await shown()).toEqual({ 5: 1, 6: 1, 7: 1 });
  });

  it('counts the label sets that are shown, not those that were asked for', async () => {
    const { record, shown } = limited('counter');
    for (const a of ['1', '2', '2', '3', '\u0000', '\u0001']) record(a);

    expect(await shown()).toEqual({ 1: 1, 2: 2, 3: 1, [OVERFLOW]: 2 });
  });
});
