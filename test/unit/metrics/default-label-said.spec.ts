import { describe, expect, it } from 'vitest';
import type { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { registryOn } from './registry-on.js';

type Given = Readonly<Record<string, unknown>>;

/** The calls of a metric, whatever its type. */
interface Recorder {
  readonly record: (labels: Given | undefined, value: number) => void;
  readonly recordChild: (labels: readonly unknown[], value: number) => void;
  readonly remove: (labels: Given) => void;
  /** The name of the sample that tells what has been recorded. */
  readonly sample: string;
}

const TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
type Type = (typeof TYPES)[number];

function recorderOf(metrics: MetricsRegistry, type: Type): Recorder {
  const metric = metrics.ofType(type, { name: 'm', help: 'M', labelNames: ['region'] });
  const remove = (labels: Given): void => metric.remove(labels as never);
  if ('observe' in metric) {
    return {
      record: (labels, value) =>
        labels === undefined ? metric.observe(value) : metric.observe(labels as never, value),
      recordChild: (labels, value) => metric.labels(...(labels as [])).observe(value),
      remove,
      sample: 'm_sum',
    };
  }
  return {
    record: (labels, value) =>
      labels === undefined ? metric.inc(value) : metric.inc(labels as never, value),
    recordChild: (labels, value) => metric.labels(...(labels as [])).inc(value),
    remove,
    sample: 'm',
  };
}

/** Ways of saying what a default label says anyway. */
const WAYS: readonly ((recorder: Recorder, value: number) => void)[] = [
  ({ record }, value) => record({ region: 'eu' }, value),
  ({ record }, value) => record(undefined, value),
  ({ record }, value) => record({}, value),
  ({ record }, value) => record({ region: '' }, value),
  ({ record }, value) => record({ region: undefined }, value),
  ({ record }, value) => record({ region: null }, value),
  ({ recordChild }, value) => recordChild([''], value),
  ({ recordChild }, value) => recordChild(['eu'], value),
  ({ recordChild }, value) => recordChild([undefined], value),
  ({ recordChild }, value) => recordChild([{}], value),
  ({ recordChild }, value) => recordChild([{ region: '' }], value),
  ({ recordChild }, value) => recordChild([{ region: 'eu' }], value),
];
const ORDERS = [
  ['as they stand', WAYS],
  ['the other way round', WAYS.toReversed()],
] as const;

function registryInEurope(): MetricsRegistry {
  return registryOn({ defaultLabels: { region: 'eu', app: 'shop' } });
}

async function linesOf(metrics: MetricsRegistry): Promise<string[]> {
  const text = await metrics.expose();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function headsOf(lines: readonly string[]): string[] {
  return lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
}

describe.each(TYPES)('A %s with a label that is a default label too', (type) => {
  it.each(ORDERS)(
    'has one series for what says the default and what says nothing: %s',
    async (_order, ways) => {
      const metrics = registryInEurope();
      const recorder = recorderOf(metrics, type);

      for (const way of ways) way(recorder, 2);

      const lines = await linesOf(metrics);
      const heads = headsOf(lines);
      expect(heads).toEqual([...new Set(heads)]);
      expect(lines.filter((line) => line.startsWith(`${recorder.sample}{`))).toEqual([
        `${recorder.sample}{region="eu",app="shop"} ${2 * WAYS.length}`,
      ]);
    },
  );

  it('has one series for any two ways', async () => {
    const pairs = WAYS.flatMap((one) => WAYS.map((other) => [one, other] as const));
    for (const pair of pairs) {
      const metrics = registryInEurope();
      const recorder = recorderOf(metrics, type);

      for (const way of pair) way(recorder, 2);

      const lines = await linesOf(metrics);
      expect(lines.filter((line) => line.startsWith(`${recorder.sample}{`))).toHaveLength(1);
    }
  });

  it.each([
    ['the default', { region: 'eu' }],
    ['an empty text', { region: '' }],
    ['nothing', {}],
  ])('loses that series by a removal that says %s, and no other', async (_what, labels) => {
    for (const way of WAYS) {
      const metrics = registryInEurope();
      const recorder = recorderOf(metrics, type);
      way(recorder, 2);
      recorder.record({ region: 'us' }, 3);

      recorder.remove(labels);

      const heads = headsOf(await linesOf(metrics));
      expect(heads.filter((head) => head.includes('region="eu"'))).toEqual([]);
      expect(heads).toContain(`${recorder.sample}{region="us",app="shop"}`);

      // A series that was removed begins anew.
      way(recorder, 4);
      expect(await linesOf(metrics)).toContain(`${recorder.sample}{region="eu",app="shop"} 4`);
    }
  });
});
