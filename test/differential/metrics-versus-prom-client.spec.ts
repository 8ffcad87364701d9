import * as fc from 'fast-check';
import promClient from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MetricsRegistry } from '../../lib/metrics/metrics.registry.js';
import { TIMEOUT_MS, tries } from '../property/runs.js';
import { parseExposition, seriesOf } from '../support/exposition-parser.js';
import { registryOn } from '../unit/metrics/registry-on.js';

type Callable = Record<string, (...args: unknown[]) => unknown>;
type Labels = Readonly<Record<string, string | number>>;

const { AggregatorRegistry, Counter, Gauge, Histogram, Registry, Summary } = promClient;

const CLASSES = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary } as const;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
type Type = (typeof TYPES)[number];
const LABEL_NAMES = ['a', 'b', 'c', 'd'] as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  // A summary of prom-client puts its points into a random order.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What one metric is made from. */
interface Made {
  readonly type: Type;
  readonly labelNames: readonly string[];
  readonly bounds: readonly number[] | undefined;
}

const made: fc.Arbitrary<Made> = fc.record({
  type: fc.constantFrom(...TYPES),
  labelNames: fc.integer({ min: 0, max: 4 }).map((count) => LABEL_NAMES.slice(0, count)),
  bounds: fc.constantFrom(undefined, [0.5], [0, 0.25, 1]),
});

/** The same metric in both worlds. */
interface Pair {
  readonly made: Made;
  readonly ours: Callable;
  readonly theirs: Callable;
}

function configurationOf({ type, labelNames, bounds }: Made, index: number) {
  const name = `metric_${index}${type === 'counter' ? '_total' : ''}`;
  const boundsOf = type === 'histogram' ? { buckets: bounds } : { percentiles: bounds };
  const hasBounds = (type === 'histogram' || type === 'summary') && bounds !== undefined;
  return { name, help: `Help "${index}"\\`, labelNames, ...(hasBounds && boundsOf) };
}

function makeAll(all: readonly Made[], metrics: MetricsRegistry, stock: promClient.Registry) {
  return all.map((one, index): Pair => {
    const configuration = configurationOf(one, index);
    const StockMetric = CLASSES[one.type] as unknown as new (given: object) => Callable;
    return {
      made: one,
      ours: metrics.ofType(one.type, configuration) as unknown as Callable,
      theirs: new StockMetric({ ...configuration, registers: [stock] }),
    };
  });
}

const value = fc.oneof(
  fc.constantFrom(0, 1, 2, 0.25, 0.5, 1_000_000, 1e-7, 1e21, 123_456_789.125),
  fc.double({ min: 0, max: 100, noNaN: true }),
);
const signed = fc.oneof(
  value,
  value.map((one) => -one),
);
const labelValue = fc.constantFrom<string | number>(
  'x',
  'y',
  '1',
  1,
  2.5,
  'a "b"\n\\',
  'é',
  '__proto__',
);

/** One step: what is called, with which of the four labels, on the metric, or on a child that is kept. */
const step = fc.record({
  metric: fc.nat(),
  method: fc.nat(),
  labels: fc.record(
    { a: labelValue, b: labelValue, c: labelValue, d: labelValue },
    { requiredKeys: [], noNullPrototype: true },
  ),
  value,
  signed,
  /** Whether the argument that may be left out is. */
  bare: fc.boolean(),
  way: fc.constantFrom('direct', 'child', 'kept', 'positional'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const METHODS: Readonly<Record<Type, readonly string[]>> = {
  counter: ['inc', 'inc', 'inc', 'remove', 'reset'],
  gauge: ['inc', 'dec', 'set', 'setToCurrentTime', 'remove', 'reset'],
  histogram: ['observe', 'observe', 'observe', 'zero', 'remove', 'reset'],
  summary: ['observe', 'observe', 'observe', 'remove', 'reset'],
};
const OPTIONAL_VALUE = ['inc', 'dec'];

/** Does the same to both. Each gets label objects of its own, as prom-client keeps those it gets. */
class Play {
  readonly #kept = new Map<string, readonly [Callable, Callable]>();

  constructor(private readonly pairs: readonly Pair[]) {}

  do(given: Step): void {
    const pair = this.pairs[given.metric % this.pairs.length]!;
    const { type, labelNames } = pair.made;
    const methods = METHODS[type];
    const method = methods[given.method % methods.length]!;
    const known = Object.entries(given.labels).filter(([name]) => labelNames.includes(name));
    const labels = Object.fromEntries(known) as Labels;
    for (const [target, args] of this.#calls(pair, method, labels, given)) target[method]!(...args);
  }

  #calls(
    pair: Pair,
    method: string,
    labels: Labels,
    given: Step,
  ): readonly (readonly [Callable, unknown[]])[] {
    const { ours, theirs, made: one } = pair;
    const values = valuesOf(one, method, given);
    if (method === 'reset')
      return [
        [ours, []],
        [theirs, []],
      ];
    const isWhole = Object.keys(labels).length === one.labelNames.length;
    const positional = isWhole ? one.labelNames.map((name) => String(labels[name])) : undefined;
    if (method === 'remove' || method === 'zero') {
      const args = () =>
        (method === 'remove' && given.way === 'positional' && positional) || [{ ...labels }];
      return [
        [ours, args()],
        [theirs, args()],
      ];
    }
    if (given.way === 'direct') {
      const isBare = Object.keys(labels).length === 0 && given.bare;
      const args = () => (isBare ? [...values] : [{ ...labels }, ...values]);
      return [
        [ours, args()],
        [theirs, args()],
      ];
    }
    const key = `${given.metric % this.pairs.length} ${JSON.stringify(labels)}`;
    const child = (metric: Callable) =>
      metric['labels']!(
        ...(given.way === 'positional' && positional ? positional : [{ ...labels }]),
      ) as Callable;
    const fresh = (): readonly [Callable, Callable] => [child(ours), child(theirs)];
    const [mine, other] = (given.way === 'kept' && this.#kept.get(key)) || fresh();
    this.#kept.set(key, [mine, other]);
    return [
      [mine, [...values]],
      [other, [...values]],
    ];
  }
}

function valuesOf({ type }: Made, method: string, given: Step): unknown[] {
  if (method === 'setToCurrentTime') return [];
  if (OPTIONAL_VALUE.includes(method) && given.bare) return [];
  return [type === 'counter' ? given.value : given.signed];
}

/** What an exposition says, in an order of our own. */
function meaningOf(text: string) {
  return [...parseExposition(text, 'prometheus').values()].map(({ name, type, help, samples }) => ({
    name,
    type,
    help,
    samples: Object.fromEntries(
      samples
        .map((sample) => [seriesOf(sample.name, sample.labels), String(sample.value)] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ),
  }));
}

const defaults = fc.constantFrom<Record<string, string>>(
  {},
  { app: 'shop' },
  { app: 'a "shop"\\', a: 'default' },
);

const plays = {
  metrics: fc.array(made, { minLength: 1, maxLength: 4 }),
  steps: fc.array(step, { maxLength: 60, size: 'max' }),
  defaults,
};

describe(
  'the same said to our metrics and to those of prom-client',
  { timeout: TIMEOUT_MS },
  () => {
    it('shows the same', async () => {
      const property = fc.asyncProperty(fc.record(plays), async (play) => {
        const ours = registryOn({ defaultLabels: play.defaults });
        const stock = new Registry();
        stock.setDefaultLabels({ ...play.defaults });
        const both = new Play(makeAll(play.metrics, ours, stock));
        const half = Math.floor(play.steps.length / 2);
        for (const steps of [[], play.steps.slice(0, half), play.steps.slice(half)]) {
          for (const one of steps) both.do(one);
          expect(meaningOf(await ours.expose())).toEqual(meaningOf(await stock.metrics()));
        }
      });
      await fc.assert(property, tries(150));
    });

    it('shows the same series where timers are used, whatever they measure', async () => {
      const timed = fc.array(
        fc.record({
          type: fc.constantFrom('gauge', 'histogram', 'summary'),
          start: step,
          end: step,
        }),
        { maxLength: 12 },
      );
      const property = fc.asyncProperty(timed, async (timers) => {
        const ours = registryOn();
        const stock = new Registry();
        const timedMetrics = ['gauge', 'histogram', 'summary'].map((type): Made => {
          return {
            type: type as Type,
            labelNames: LABEL_NAMES,
            bounds: type === 'gauge' ? undefined : [0.5],
          };
        });
        const pairs = makeAll(timedMetrics, ours, stock);
        for (const { type, start, end } of timers) {
          const pair = pairs.find((one) => one.made.type === type)!;
          for (const metric of [pair.ours, pair.theirs]) {
            const isChild = start.way !== 'direct';
            const target = isChild ? (metric['labels']!({ ...start.labels }) as Callable) : metric;
            const args = isChild || start.bare ? [] : [{ ...start.labels }];
            const stop = target['startTimer']!(...args) as (labels?: Labels) => number;
            const seconds = end.bare ? stop() : stop({ ...end.labels });
            expect(seconds).toBeGreaterThanOrEqual(0);
            expect(seconds).toBeLessThan(0.5);
          }
        }
        expect(untimed(await ours.expose())).toEqual(untimed(await stock.metrics()));
      });
      await fc.assert(property, tries(80));
    });
  },
);

/** The same, without what depends on how long something took. */
function untimed(text: string) {
  return meaningOf(text).map(({ samples, ...rest }) => ({
    ...rest,
    samples: Object.entries(samples).map(([series, count]) =>
      /_bucket\[|_count\[/.test(series) ? [series, count] : [series],
    ),
  }));
}

describe('a registry of prom-client that holds our metrics', { timeout: TIMEOUT_MS }, () => {
  it('shows them as we do: itself, from its JSON, and put together from many processes', async () => {
    const property = fc.asyncProperty(fc.record(plays), async (play) => {
      const ours = registryOn();
      const unused = new Registry();
      const pairs = makeAll(play.metrics, ours, unused);
      const both = new Play(pairs);
      for (const one of play.steps) both.do(one);
      const stock = new Registry();
      for (const { ours: metric } of pairs) {
        stock.registerMetric(metric as unknown as promClient.Metric);
      }
      const shown = meaningOf(await ours.expose());
      expect(meaningOf(await stock.metrics())).toEqual(shown);
      const json: unknown = JSON.parse(JSON.stringify(await stock.getMetricsAsJSON()));
      const aggregated = AggregatorRegistry.aggregate([json as object[]]);
      expect(meaningOf(await aggregated.metrics())).toEqual(shown);
      const theirs: unknown = JSON.parse(JSON.stringify(await unused.getMetricsAsJSON()));
      const twice = AggregatorRegistry.aggregate([json, json] as object[]);
      const theirsTwice = AggregatorRegistry.aggregate([theirs, theirs] as object[]);
      expect(meaningOf(await twice.metrics())).toEqual(meaningOf(await theirsTwice.metrics()));
      stock.setDefaultLabels({ app: 'shop', a: 'default' });
      unused.setDefaultLabels({ app: 'shop', a: 'default' });
      expect(meaningOf(await stock.metrics())).toEqual(meaningOf(await unused.metrics()));
      stock.resetMetrics();
      unused.resetMetrics();
      expect(meaningOf(await stock.metrics())).toEqual(meaningOf(await unused.metrics()));
    });
    await fc.assert(property, tries(60));
  });

  it.each(TYPES)('finds a %s to be an instance of its own class', (type) => {
    const metric = registryOn().ofType(type, { name: 'one', help: 'One' });
    expect(metric).toBeInstanceOf(CLASSES[type]);
    const others = TYPES.filter((other) => other !== type);
    for (const other of others) expect(metric).not.toBeInstanceOf(CLASSES[other]);
    expect(metric).toMatchObject({
      name: 'one',
      help: 'One',
      type,
      labelNames: [],
      aggregator: 'sum',
    });
  });

  it('harms no metric of ours when it is cleared', async () => {
    const metrics = registryOn();
    const counter = metrics.counter('orders_total', 'Orders', ['country']);
    const stock = new Registry();
    stock.registerMetric(counter as unknown as promClient.Metric);
    const child = counter.labels({ country: 'pt' });
    child.inc();
    stock.clear();
    promClient.register.clear();
    child.inc();
    expect(await metrics.expose()).toContain('orders_total{country="pt"} 2\n');
  });

  it('renames nothing of ours when it writes OpenMetrics', async () => {
    const metrics = registryOn();
    const counter = metrics.counter('orders_total', 'Orders');
    counter.inc();
    const before = await metrics.expose();
    const stock = new Registry();
    stock.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    stock.registerMetric(counter as unknown as promClient.Metric);
    expect(await stock.metrics()).toContain('orders_total 1\n');
    expect(await metrics.expose()).toBe(before);
  });
});
