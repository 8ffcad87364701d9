import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type {
  MetricsRegistry,
  MetricsRegistrySettings,
} from '../../../lib/metrics/metrics.registry.js';
import type { Summary } from '../../../lib/metrics/metrics.types.js';
import { registryOn } from './registry-on.js';

const DEPTHS = Array.from({ length: 41 }, (_, depth) => depth);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function agedOut(settings?: MetricsRegistrySettings): {
  metrics: MetricsRegistry;
  summary: Summary<'a'>;
} {
  const metrics = registryOn(settings);
  const summary = metrics.summary({
    name: 's',
    help: 'S',
    labelNames: ['a'],
    percentiles: [0.5],
    maxAgeSeconds: 1,
    ageBuckets: 2,
    pruneAgedBuckets: true,
  });
  summary.observe({ a: 'x' }, 1);
  vi.setSystemTime(Date.now() + 10_000);
  return { metrics, summary };
}

const READERS: readonly [string, (metrics: MetricsRegistry, summary: Summary<'a'>) => unknown][] = [
  ['a scrape', (metrics) => metrics.render('prometheus')],
  ['a registry of prom-client', (_metrics, summary) => (summary as unknown as Readable).get()],
];

interface Readable {
  get(): Promise<unknown>;
}

it.each(READERS)(
  'What is observed while %s finds all of a label set too old is kept',
  async (_who, readIt) => {
    const lost: number[] = [];

    // Between any two steps of the reading.
    for (const depth of DEPTHS) {
      const { metrics, summary } = agedOut();
      const reading = readIt(metrics, summary);
      for (let step = 0; step < depth; step += 1) await Promise.resolve();
      summary.observe({ a: 'x' }, 7);
      await reading;

      const lines = (await metrics.expose()).split('\n');
      if (!lines.includes('s{quantile="0.5",a="x"} 7')) lost.push(depth);
    }

    expect(lost).toEqual([]);
  },
);

it('What is observed by a child that somebody keeps is kept too', async () => {
  const lost: number[] = [];

  for (const depth of DEPTHS) {
    const { metrics, summary } = agedOut();
    const child = summary.labels({ a: 'x' });
    const reading = metrics.render('openmetrics');
    for (let step = 0; step < depth; step += 1) await Promise.resolve();
    child.observe(7);
    await reading;

    const lines = (await metrics.expose()).split('\n');
    if (!lines.includes('s{quantile="0.5",a="x"} 7')) lost.push(depth);
  }

  expect(lost).toEqual([]);
});

it('A label set of which all is too old leaves its room to another, once it has been read', async () => {
  const { metrics, summary } = agedOut({ maxSeriesPerMetric: 1 });

  await metrics.expose();
  summary.observe({ a: 'y' }, 2);

  const lines = (await metrics.expose()).split('\n').filter((line) => line.startsWith('s'));
  expect(lines).toEqual(['s{quantile="0.5",a="y"} 2', 's_sum{a="y"} 2', 's_count{a="y"} 1']);
});
