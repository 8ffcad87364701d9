import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MetricsRegistry } from '../../lib/metrics/metrics.registry.js';
import type { ExpositionFormat } from '../../lib/metrics/metrics.types.js';
import { registryOn } from '../unit/metrics/registry-on.js';
import { TIMEOUT_MS, tries } from './runs.js';

const FORMATS: readonly ExpositionFormat[] = ['prometheus', 'openmetrics'];
const TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
const LABELS = ['a', 'b'] as const;
/** Some of them are what a default label says, once they are cleaned. */
const VALUES = ['', 'x', 'y', 1, '1', undefined, null, '\u0000', 'x\u0000', 'x\ud800'] as const;

const value = fc.constantFrom(...VALUES);
const labels = fc.record({ a: value, b: value }, { requiredKeys: [], noNullPrototype: true });
const text = fc.constantFrom('', 'x', '1', 'x\ufffd');
const defaultLabels = fc.record({ a: text, b: text, c: text }, { requiredKeys: [] });
const call = fc.oneof(
  fc.record({ how: fc.constant('record' as const), labels }),
  fc.record({ how: fc.constant('child' as const), labels }),
  fc.record({ how: fc.constant('bare' as const), labels }),
  fc.record({ how: fc.constant('remove' as const), labels }),
);
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

function play(metrics: MetricsRegistry, type: (typeof TYPES)[number], calls: readonly Call[]) {
  const metric = metrics.ofType(type, { name: 'm', help: 'M', labelNames: LABELS });
  const ofMetric = {
    record: (given: never) =>
      'observe' in metric ? metric.observe(given, 1) : metric.inc(given, 1),
    bare: () => ('observe' in metric ? metric.observe(1) : metric.inc(1)),
    child: (given: never) => {
      const child = metric.labels(given);
      if ('observe' in child) child.observe(1);
      else child.inc(1);
    },
    remove: (given: never) => metric.remove(given),
  };
  for (const { how, labels: given } of calls) ofMetric[how](given as never);
}

/** What stands before the value of each sample. */
async function headsOf(metrics: MetricsRegistry, format: ExpositionFormat): Promise<string[]> {
  const lines = Buffer.concat(await metrics.render(format))
    .toString()
    .split('\n');
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return samples.map((line) => line.slice(0, line.lastIndexOf(' ')));
}

it(
  'no line of an exposition has the head of another, whatever the default labels are',
  { timeout: TIMEOUT_MS },
  async () => {
    const calls = fc.array(call, { minLength: 2, maxLength: 12 });
    const property = fc.asyncProperty(
      fc.constantFrom(...TYPES),
      defaultLabels,
      calls,
      async (type, labelsOfAll, all) => {
        const metrics = registryOn({ defaultLabels: labelsOfAll });
        play(metrics, type, all);
        for (const format of FORMATS) {
          const heads = await headsOf(metrics, format);
          expect(heads).toEqual([...new Set(heads)]);
        }
      },
    );
    await fc.assert(property, tries(400));
  },
);
