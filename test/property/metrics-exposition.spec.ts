import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Faults } from '../../lib/faults.js';
import type { MetricsRegistry } from '../../lib/metrics/metrics.registry.js';
import {
  parseExposition,
  seriesOf,
  type Family,
  type Format,
} from '../support/exposition-parser.js';
import { describeWith } from '../support/parts.js';
import { registryOn } from '../unit/metrics/registry-on.js';
import { hardText, hostile, valueOf } from './hostile.js';
import { TIMEOUT_MS, tries } from './runs.js';

type Families = ReadonlyMap<string, Family>;
type Callable = Record<string, ((...args: unknown[]) => unknown) | undefined>;

const FORMATS: readonly Format[] = ['prometheus', 'openmetrics'];
const LABELS = ['a', 'b'] as const;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
const METHODS = [
  'inc',
  'dec',
  'set',
  'setToCurrentTime',
  'observe',
  'zero',
  'startTimer',
  'remove',
  'reset',
] as const;

/** Metrics of every type, with and without labels, whose names begin with a word of the run. */
function metricsOf(metrics: MetricsRegistry, run = 'run') {
  const buckets = [1, 2.5, 1_000_000];
  const quantiles = [0.5, 0.99, 1];
  return {
    counter: metrics.counter(`${run}_requests_total`, 'Requests', LABELS),
    gauge: metrics.gauge(`${run}_pool`, 'A "pool"\n\\', LABELS),
    histogram: metrics.histogram(`${run}_latency_seconds`, 'Latency', LABELS, buckets),
    summary: metrics.summary(`${run}_size_bytes`, 'Size', LABELS, quantiles),
    bareCounter: metrics.counter(`${run}_total`, 'All'),
    bareGauge: metrics.gauge(`${run}_level`, 'Level'),
    bareHistogram: metrics.histogram(`${run}_wait_seconds`, 'Wait', [], buckets),
    bareSummary: metrics.summary(`${run}_age_seconds`, 'Age', [], quantiles),
  };
}

async function read(metrics: MetricsRegistry, format: Format): Promise<Families> {
  return parseExposition(Buffer.concat(await metrics.render(format)), format);
}

function samplesOf(families: Families, name: string) {
  return [...families.values()].flatMap(({ samples }) =>
    samples.filter((sample) => sample.name === name),
  );
}

/** What one metric shows of how often something was recorded: one number for each of its label sets. */
const COUNTED = {
  counter: 'run_requests_total',
  gauge: 'run_pool',
  histogram: 'run_latency_seconds_count',
  summary: 'run_size_bytes_count',
} as const;

const labels = fc.oneof(
  fc.record({ a: hostile, b: hostile }, { requiredKeys: [], noNullPrototype: false }),
  fc.record({ a: hardText, b: hardText }, { requiredKeys: [], noNullPrototype: true }),
  fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), hardText),
);
const argument = fc.oneof(labels, labels, fc.integer({ min: 0, max: 9 }), hostile);

/** One call, of a metric or of a child that `labels()` gave. */
const call = fc.record({
  metric: fc.constantFrom(
    ...(Object.keys(metricsOf(registryOn())) as (keyof ReturnType<typeof metricsOf>)[]),
  ),
  child: fc.option(fc.array(argument, { maxLength: 3 }), { nil: undefined }),
  method: fc.constantFrom(...METHODS),
  args: fc.array(argument, { maxLength: 3 }),
  more: argument,
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

function deepValues(given: unknown): unknown {
  const value = valueOf(given);
  if (value !== given || typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, valueOf(one)] as const);
  return Object.defineProperties(
    Object.create(prototype),
    Object.fromEntries(
      entries.map(([key, one]) => [
        key,
        { value: one, enumerable: true, writable: true, configurable: true },
      ]),
    ),
  ) as unknown;
}

function childOf(metric: Callable, args: readonly unknown[]): Callable {
  return metric['labels']?.(...args) as Callable;
}

function play(
  all: ReturnType<typeof metricsOf>,
  { metric, child, method, args, more }: Call,
): void {
  const whole = all[metric] as unknown as Callable;
  const target = child === undefined ? whole : childOf(whole, child.map(deepValues));
  const result = target[method]?.(...args.map(deepValues));
  if (method !== 'startTimer' || typeof result !== 'function') return;
  expect((result as (given: unknown) => unknown)(deepValues(more))).toBeGreaterThanOrEqual(0);
}

describe('whatever is said to metrics', { timeout: TIMEOUT_MS }, () => {
  const bodies: string[] = [];

  it('throws nothing, and leaves an exposition that two parsers read, within its bound', async () => {
    let run = 0;
    const property = fc.asyncProperty(
      fc.array(call, { maxLength: 25 }),
      fc.dictionary(fc.constantFrom('app', 'a'), hardText),
      async (calls, defaultLabels) => {
        run += 1;
        const metrics = registryOn({ defaultLabels, maxSeriesPerMetric: 5 });
        const all = metricsOf(metrics, `run${run}`);
        for (const one of calls) play(all, one);
        for (const format of FORMATS) {
          const parts = await metrics.render(format);
          const families = parseExposition(Buffer.concat(parts), format);
          expect([...families.values()].filter(({ type }) => type === 'unknown')).toEqual([]);
          expect(families.size).toBe(8);
          for (const { samples } of families.values()) {
            for (const sample of samples) {
              for (const value of sample.labels.values()) {
                expect(value.length).toBeLessThanOrEqual(128);
                expect(value).not.toMatch(/[^\P{Cc}\n]/u);
              }
            }
          }
          expect(Buffer.concat(parts).length).toBeLessThan(60_000);
        }
        bodies.push(await metrics.expose());
      },
    );
    await fc.assert(property, tries(60));
    expect(bodies.length).toBeGreaterThanOrEqual(60);
  });

  describeWith('promtool', 'promtool', () => {
    it('has nothing to complain of', () => {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: bodies.join(''),
        encoding: 'utf8',
        maxBuffer: 1e8,
      });
      expect(bodies.length).toBeGreaterThanOrEqual(60);
      expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
    });
  });

  afterAll(() => void bodies.splice(0));

  it('is recorded, or dropped and counted once', async () => {
    const recording = fc.record({
      type: fc.constantFrom(...TYPES),
      bound: fc.boolean(),
      given: argument,
    });
    const property = fc.asyncProperty(
      fc.array(recording, { maxLength: 20 }),
      async (recordings) => {
        const faults = new Faults();
        const metrics = registryOn({ faults, maxSeriesPerMetric: 7 });
        const all = metricsOf(metrics);
        for (const { type, given, bound } of recordings) {
          const value = deepValues(given);
          const target = all[type] as unknown as Callable;
          const isLabels = typeof value === 'object' && value !== null;
          const record = type === 'counter' || type === 'gauge' ? 'inc' : 'observe';
          if (!isLabels) target[record]?.({ a: value }, 1);
          else if (bound) childOf(target, [{ a: 'kept' }])[record]?.(1);
          else target[record]?.(value, 1);
        }
        const families = await read(metrics, 'prometheus');
        const recorded = Object.values(COUNTED).flatMap((name) => samplesOf(families, name));
        const sum = recorded.reduce((total, { value }) => total + value, 0);
        const dropped = faults.of('metric_label') + faults.of('metric_value');
        expect(sum + dropped).toBe(recordings.length);
      },
    );
    await fc.assert(property, tries(60));
  });
});

const BAD_AMOUNTS: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  null,
  '1',
  '',
  1n,
  true,
  [1],
  {},
  Symbol('1'),
  () => 1,
  new Number(1),
  new Date(1),
];

/** How something is recorded, whether a value may be left out, and what it does not take beside all those. */
const RECORDINGS = [
  { metric: 'counter', method: 'inc', also: [-1, -Number.MIN_VALUE] },
  { metric: 'gauge', method: 'inc', also: [] },
  { metric: 'gauge', method: 'dec', also: [] },
  { metric: 'histogram', method: 'observe', also: [undefined] },
  { metric: 'summary', method: 'observe', also: [undefined] },
] as const;

/** A gauge may show what has no bound, or is not known. */
const BAD_LEVELS = [...BAD_AMOUNTS.filter((value) => typeof value !== 'number'), undefined];

describe('a value that cannot be recorded', () => {
  const cases = [
    ...RECORDINGS.flatMap(({ metric, method, also }) =>
      [...BAD_AMOUNTS, ...also].map((value) => ({ metric, method, value })),
    ),
    ...BAD_LEVELS.map((value) => ({ metric: 'gauge', method: 'set', value }) as const),
  ];

  it.each(['with labels', 'of a child', 'without labels'])(
    'changes no number and is counted once, %s',
    async (way) => {
      const faults = new Faults();
      const metrics = registryOn({ faults });
      const all = metricsOf(metrics);
      let expected = 0;
      for (const { metric, method, value } of cases) {
        const whole = all[metric] as unknown as Callable;
        const child = childOf(whole, [{ a: 'x' }]);
        const bare = all[BARE[metric]] as unknown as Callable;
        // An object in the first place is labels.
        if (way === 'without labels' && typeof value === 'object' && value !== null) continue;
        const before = await metrics.expose();
        if (way === 'with labels') whole[method]?.({ a: 'x' }, value);
        else if (way === 'of a child') child[method]?.(value);
        else bare[method]?.(value);
        expected += 1;
        const what = `${metric}.${method}(${String(value)})`;
        expect(await metrics.expose(), what).toBe(before);
        expect(faults.of('metric_value'), what).toBe(expected);
        expect(faults.of('metric_label'), what).toBe(0);
      }
      expect(expected).toBeGreaterThan(60);
    },
  );
});

const BARE = {
  counter: 'bareCounter',
  gauge: 'bareGauge',
  histogram: 'bareHistogram',
  summary: 'bareSummary',
} as const;

describe('labels that a metric does not have', () => {
  it.each(TYPES)('are counted, and record nothing in a %s', async (type) => {
    const faults = new Faults();
    const metrics = registryOn({ faults });
    const metric = metricsOf(metrics)[type] as unknown as Callable;
    const method = type === 'counter' || type === 'gauge' ? 'inc' : 'observe';
    const before = await metrics.expose();
    const unknown = [
      { nope: 'x' },
      { a: 'x', nope: 'y' },
      { a: undefined, nope: undefined },
      { a: 'x', constructor: 'y' },
      JSON.parse('{"a":"x","__proto__":"y"}') as object,
      Object.create({ nope: 'x' }) as object,
      ['x', 'y'],
    ];
    unknown.forEach((given, i) => {
      metric[method]?.(given, 1);
      expect(faults.of('metric_label'), `${i}`).toBe(i + 1);
    });
    expect(await metrics.expose()).toBe(before);
    expect(faults.of('metric_value')).toBe(0);
  });

  it('are told from names that every object inherits', async () => {
    const faults = new Faults();
    const metrics = registryOn({ faults });
    const names: readonly string[] = ['constructor', 'toString', 'valueOf'];
    const odd = metrics.counter('odd_total', 'Odd', names) as unknown as Callable;
    odd['inc']?.({});
    odd['inc']?.({ toString: 'x' });
    childOf(odd, [{ valueOf: 'y' }])['inc']?.();
    const samples = samplesOf(await read(metrics, 'prometheus'), 'odd_total');
    expect(samples.map((sample) => [...sample.labels])).toEqual([
      [],
      [['toString', 'x']],
      [['valueOf', 'y']],
    ]);
    odd['inc']?.({ nope: 'x' });
    expect(faults.of('metric_label')).toBe(1);
  });
});

/** Texts that no cleaning changes, made of the signs that joined keys are made of. */
const cleanText = fc.string({
  unit: fc.constantFrom(...Array.from(',:|"\\{}=\n_abé\u{1f600}')),
  maxLength: 5,
});

describe('label sets that differ', { timeout: TIMEOUT_MS }, () => {
  const pair = fc.record(
    { a: fc.oneof(cleanText, fc.constantFrom('x,b:y', 'x|y', 'x')), b: cleanText },
    { requiredKeys: [] },
  );

  it.each(TYPES)('never share a series of a %s, and read as they were given', async (type) => {
    const property = fc.asyncProperty(fc.array(pair, { maxLength: 30 }), async (given) => {
      const metrics = registryOn();
      const metric = metricsOf(metrics)[type] as unknown as Callable;
      const expected = new Map<string, number>();
      given.forEach((one, i) => {
        const target = i % 3 === 0 ? childOf(metric, [one]) : metric;
        const method = type === 'counter' || type === 'gauge' ? 'inc' : 'observe';
        if (i % 3 === 0) target[method]?.(1);
        else target[method]?.(one, 1);
        const key = seriesOf(COUNTED[type], new Map(Object.entries(one)));
        expected.set(key, (expected.get(key) ?? 0) + 1);
      });
      const samples = samplesOf(await read(metrics, 'prometheus'), COUNTED[type]);
      const found = samples.map((one) => [seriesOf(one.name, one.labels), one.value]);
      expect(new Map(found as [string, number][])).toEqual(expected);
    });
    const examples: [{ a?: string; b?: string }[]][] = [
      [
        [
          { a: 'x,b:y', b: 'z' },
          { a: 'x', b: 'y,b:z' },
        ],
      ],
      [
        [
          { a: 'x|y', b: 'z' },
          { a: 'x', b: 'y|z' },
        ],
      ],
      [[{ a: '' }, {}, { b: '' }]],
    ];
    await fc.assert(property, { ...tries(30), examples });
  });

  it('are those of the moment of the call, whatever the caller does with the object later', async () => {
    const property = fc.asyncProperty(
      fc.array(pair, { minLength: 1, maxLength: 8 }),
      async (sets) => {
        const [reusing, fresh] = [registryOn(), registryOn()];
        const reused: { a?: string; b?: string } = {};
        const [ours, theirs] = [metricsOf(reusing), metricsOf(fresh)];
        const ends = sets.map((set) => {
          delete reused.a;
          delete reused.b;
          Object.assign(reused, set);
          for (const [all, given] of [
            [ours, reused],
            [theirs, { ...set }],
          ] as const) {
            all.counter.inc(given);
            all.gauge.set(given, 2);
            all.histogram.observe(given, 2);
            all.summary.observe(given, 2);
          }
          const [one, other] = [ours.counter.labels(reused), theirs.counter.labels({ ...set })];
          return () => [one.inc(), other.inc()];
        });
        reused.a = 'changed';
        for (const end of ends) end();
        expect(await reusing.expose()).toBe(await fresh.expose());
      },
    );
    await fc.assert(property, tries(60));
  });
});

describe('the text of a label', { timeout: TIMEOUT_MS }, () => {
  it('is what was given, but for what is cleaned of it and cut off', async () => {
    const property = fc.asyncProperty(hardText, async (text) => {
      const metrics = registryOn();
      metricsOf(metrics).counter.inc({ a: text });
      const [sample] = samplesOf(await read(metrics, 'prometheus'), COUNTED.counter);
      const shown = sample?.labels.get('a') ?? '';
      const plain = text.replaceAll(/[^\P{Cc}\n]|[\u2028\u2029]|\p{Surrogate}/gu, '\u{FFFD}');
      expect(plain.startsWith(shown)).toBe(true);
      expect(shown.length).toBeGreaterThanOrEqual(Math.min(plain.length, 127));
    });
    await fc.assert(property, tries(150));
  });

  it.each([
    ['a number', 200, '200'],
    ['a boolean', false, 'false'],
    ['a bigint', 12n, '12'],
    ['an array, as Express gives for a parameter that comes twice', ['x"y', 'z'], 'x"y,z'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a boxed string', Object('x') as unknown, 'x'],
  ])('is that of %s', async (_, value, shown) => {
    const metrics = registryOn();
    metricsOf(metrics).counter.inc({ a: value } as never);
    const [sample] = samplesOf(await read(metrics, 'prometheus'), COUNTED.counter);
    expect(sample?.labels).toEqual(new Map([['a', shown]]));
  });

  it.each([undefined, null, ''])('is none for %j, and then there is no label', async (value) => {
    const metrics = registryOn();
    const { counter } = metricsOf(metrics);
    counter.inc({ a: value } as never);
    counter.inc({});
    counter.labels(value as never, '').inc();
    const samples = samplesOf(await read(metrics, 'prometheus'), COUNTED.counter);
    expect(samples.map(({ labels: shown, value: count }) => [shown.size, count])).toEqual([[0, 3]]);
  });
});

describe('OpenMetrics', () => {
  it('types a counter without _total as unknown, and renames nothing', async () => {
    const metrics = registryOn();
    metrics.counter('requests', 'Requests').inc();
    metrics.counter('errors_total', 'Errors').inc();
    const before = await metrics.expose();
    const families = await read(metrics, 'openmetrics');
    const shown = [...families].map(([name, { type, samples }]) => [name, type, samples[0]?.name]);
    expect(shown).toEqual([
      ['requests', 'unknown', 'requests'],
      ['errors', 'counter', 'errors_total'],
    ]);
    expect(await metrics.expose()).toBe(before);
  });

  it('has no two families of one name', async () => {
    const metrics = registryOn();
    metrics.gauge('jobs', 'Jobs').set(1);
    metrics.counter('jobs_total', 'Jobs so far').inc();
    const families = await read(metrics, 'openmetrics');
    expect([...families].map(([name, { type }]) => [name, type])).toEqual([
      ['jobs', 'gauge'],
      ['jobs_total', 'unknown'],
    ]);
  });

  it('writes bounds of every size as they must be written', async () => {
    const metrics = registryOn();
    const bounds = [-1, 0, 1e-10, 1e-5, 1e-4, 0.001, 0.1, 1, 2.5, 10, 1e5, 1e6, 1e10, 1e21, 1.1e23];
    metrics.histogram('h', 'H', [], bounds).observe(1);
    metrics.summary('s', 'S', [], [0, 1e-5, 0.001, 0.5, 1]).observe(1);
    expect((await read(metrics, 'openmetrics')).size).toBe(2);
    expect((await read(metrics, 'prometheus')).size).toBe(2);
  });
});

describe('a help text', () => {
  it('can hold anything', { timeout: TIMEOUT_MS }, async () => {
    const help = fc.oneof(hardText, fc.string({ unit: 'binary' })).filter((text) => text !== '');
    const property = fc.asyncProperty(help, async (text) => {
      const metrics = registryOn();
      metrics.gauge('level', text).set(1);
      for (const format of FORMATS) {
        const shown = (await read(metrics, format)).get('level')?.help ?? '';
        const plain = /^[^\p{Cc}\p{Surrogate}\u2028\u2029\ufeff]+$/u.test(text);
        expect(plain ? shown : text).toBe(text);
      }
    });
    await fc.assert(property, tries(100));
  });
});

describe('percentiles', () => {
  it('are shown in order, each once, or refused', async () => {
    const given = [
      [0.9, 0.5],
      [0.5, 0.5],
    ];
    const shown = given.map(async (percentiles) => {
      const metrics = registryOn();
      metrics.summary('s', 'S', [], percentiles).observe(1);
      return read(metrics, 'prometheus');
    });
    const refused = (await Promise.allSettled(shown)).filter(({ status }) => status === 'rejected');
    for (const one of refused) {
      expect(String((one as PromiseRejectedResult).reason)).toContain('percentiles is');
    }
  });
});
