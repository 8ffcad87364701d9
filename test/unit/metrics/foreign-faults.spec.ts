import promClient from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Faults } from '../../../lib/faults.js';
import type { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import type { ExpositionFormat } from '../../../lib/metrics/metrics.types.js';
import { settle } from '../../support/fake-clock.js';
import { registryOn } from './registry-on.js';
import { watchLog } from './watched-log.js';

const FORMATS: readonly ExpositionFormat[] = ['prometheus', 'openmetrics'];
const DATA = { name: 'broken', help: 'Broken', type: 'gauge', values: [] };

const log = watchLog();
const unhandled: unknown[] = [];
const keep = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', keep);
});

afterEach(() => {
  process.off('unhandledRejection', keep);
});

function fail(): never {
  throw new Error('refused');
}

/** Puts a metric into the default registry, whatever it is; its types take metrics of its own only. */
function registerAnything(metric: object): void {
  promClient.register.registerMetric(metric as promClient.Metric);
}

/** One of ours and one of theirs, before and after what is broken. */
function registryAround(broken: object): { metrics: MetricsRegistry; faults: Faults } {
  const faults = new Faults();
  const metrics = registryOn({ faults });
  metrics.gauge('ours', 'Ours').set(3);
  new promClient.Gauge({ name: 'before', help: 'Before' }).set(4);
  registerAnything(broken);
  new promClient.Gauge({ name: 'after', help: 'After' }).set(5);
  return { metrics, faults };
}

async function samplesIn(metrics: MetricsRegistry, format: ExpositionFormat): Promise<string[]> {
  const text = Buffer.concat(await metrics.render(format)).toString();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const TOLD: readonly (readonly [what: string, get: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a text', () => 'broken'],
  ['no name', () => ({ ...DATA, name: undefined })],
  ['a symbol as its name', () => ({ ...DATA, name: Symbol('broken') })],
  [
    'a symbol as the name of a histogram',
    () => ({ ...DATA, type: 'histogram', name: Symbol('h') }),
  ],
  [
    'a name that cannot be read',
    () => ({
      ...DATA,
      get name() {
        return fail();
      },
    }),
  ],
  [
    'values that cannot be read',
    () => ({
      ...DATA,
      get values() {
        return fail();
      },
    }),
  ],
  ['a text as its values', () => ({ ...DATA, values: 'abc' })],
  ['an object as its values', () => ({ ...DATA, values: {} })],
  ['null as its values', () => ({ ...DATA, values: null })],
  ['null as one of its values', () => ({ ...DATA, values: [null] })],
  ['null as labels', () => ({ ...DATA, values: [{ labels: null, value: 1 }] })],
  ['nothing, as it throws', fail],
];

describe('A metric in the default registry of prom-client that tells', () => {
  it.each(TOLD)('%s costs no other, and is counted at each scrape', async (_what, get) => {
    for (const isAsync of [true, false]) {
      promClient.register.clear();
      const { metrics, faults } = registryAround({
        name: 'broken',
        get: isAsync ? async () => get() : get,
      });

      for (const counted of [1, 2, 3, 4]) {
        const format = FORMATS[counted % 2] as ExpositionFormat;
        expect(await samplesIn(metrics, format)).toEqual(['ours 3', 'before 4', 'after 5']);
        expect(faults.of('collector')).toBe(counted);
      }
    }
    await settle();
    expect(unhandled).toEqual([]);
    // Once for each of the two registries.
    expect(log.ours('warn')).toHaveLength(2);
  });
});

it('Of two metrics that tell one name the first is shown, and one warning says so of the other', async () => {
  const { metrics } = registryAround({
    name: 'broken',
    get: async () => ({ ...DATA, name: 'before' }),
  });

  for (const format of ['prometheus', 'openmetrics', 'prometheus'] as const) {
    expect(await samplesIn(metrics, format)).toEqual(['ours 3', 'before 4', 'after 5']);
  }
  expect(log.ours('warn')).toEqual([
    expect.stringContaining('another metric writes samples called "before" too'),
  ]);
});

describe('A metric in the default registry of prom-client whose own name can be read', () => {
  it.each(Array.from({ length: 12 }, (_, times) => times))(
    '%i more times, and then no longer, costs no other, and is counted where it is left out',
    async (times) => {
      const state = { left: Number.POSITIVE_INFINITY };
      const { metrics, faults } = registryAround({
        get name() {
          state.left -= 1;
          return state.left < 0 ? fail() : 'broken';
        },
        get: async () => ({ ...DATA, values: [{ labels: {}, value: 6 }] }),
      });
      state.left = times;
      let leftOut = 0;

      // As many as it takes until it fails, and some more.
      for (let scrape = 0; scrape < 16; scrape += 1) {
        const samples = await samplesIn(metrics, FORMATS[scrape % 2] as ExpositionFormat);
        if (!samples.includes('broken 6')) leftOut += 1;
        const others = samples.filter((line) => line !== 'broken 6');
        expect(others).toEqual(['ours 3', 'before 4', 'after 5']);
      }
      await settle();

      expect(state.left).toBeLessThan(0);
      expect(faults.of('collector')).toBe(leftOut);
      expect(unhandled).toEqual([]);
    },
  );
});
