import promClient from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Faults } from '../../../lib/faults.js';
import type { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { registryOn } from './registry-on.js';

interface Observer {
  observe(...args: unknown[]): void;
}

const LABEL_NAMES = [['of a metric with labels', ['a']] as const, ['of one without', []] as const];
const CLASSES = { histogram: promClient.Histogram, summary: promClient.Summary };

/** A metric of ours and the same of prom-client. */
function pairOf(metrics: MetricsRegistry, type: keyof typeof CLASSES, names: readonly string[]) {
  const configuration = { name: 'm', help: 'M', labelNames: [...names] };
  const stock = new promClient.Registry();
  const ours = metrics.ofType(type, configuration) as unknown as Observer;
  const theirs = new CLASSES[type]({
    ...configuration,
    registers: [stock],
  }) as unknown as Observer;
  return { ours, theirs, stock };
}

function samplesIn(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('m'));
}

describe.each(['histogram', 'summary'] as const)('observe() of a %s', (type) => {
  it.each(LABEL_NAMES)(
    'takes undefined and null for no labels, as prom-client does: %s',
    async (_which, names) => {
      for (const none of [undefined, null]) {
        const faults = new Faults();
        const metrics = registryOn({ faults });
        const { ours, theirs, stock } = pairOf(metrics, type, names);

        for (const one of [ours, theirs]) one.observe(none, 5);

        const samples = samplesIn(await metrics.expose());
        expect(samples).toContain('m_sum 5');
        expect(samples).toContain('m_count 1');
        expect(samples.toSorted()).toEqual(samplesIn(await stock.metrics()).toSorted());
        expect(faults.of('metric_value')).toBe(0);
      }
    },
  );

  it('records nothing where there is no value beside them', async () => {
    const faults = new Faults();
    const metrics = registryOn({ faults });
    const { ours } = pairOf(metrics, type, ['a']);

    ours.observe(undefined);
    ours.observe(null);
    ours.observe(null, '5');
    ours.observe();

    expect(samplesIn(await metrics.expose()).filter((line) => line.startsWith('m_count'))).toEqual(
      [],
    );
    expect(faults.of('metric_value')).toBe(4);
  });
});
