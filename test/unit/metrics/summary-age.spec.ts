import promClient from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { registryOn } from './registry-on.js';

const CONFIGURATION = {
  name: 's',
  help: 'S',
  labelNames: ['a'],
  percentiles: [0.5],
  maxAgeSeconds: 60,
  ageBuckets: 2,
} as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('s'));
}

it('What is older than its age is no part of a percentile', async () => {
  const metrics = registryOn();
  const summary = metrics.summary(CONFIGURATION);
  const theirs = new promClient.Summary({
    ...CONFIGURATION,
    labelNames: ['a'],
    percentiles: [0.5],
    registers: [],
  });
  const registry = new promClient.Registry();
  registry.registerMetric(theirs);
  const observe = (value: number): void => {
    summary.observe({ a: 'x' }, value);
    theirs.observe({ a: 'x' }, value);
  };

  observe(10);
  vi.setSystemTime(Date.now() + 100_000);
  observe(2);

  const lines = linesOf(await metrics.expose());
  expect(lines).toContain('s{quantile="0.5",a="x"} 2');
  expect(lines).toContain('s_count{a="x"} 2');
  expect(lines.toSorted()).toEqual(linesOf(await registry.metrics()).toSorted());
});

it('With pruneAgedBuckets a label set of which all is too old is gone, and no other', async () => {
  const metrics = registryOn();
  const summary = metrics.summary({ ...CONFIGURATION, pruneAgedBuckets: true });
  for (const a of ['old', 'older']) summary.observe({ a }, 1);
  vi.setSystemTime(Date.now() + 100_000);
  for (const a of ['new', 'newer']) summary.observe({ a }, 2);

  // Each of the two finds them too old.
  await Promise.all([metrics.render('prometheus'), metrics.render('openmetrics')]);

  const lines = linesOf(await metrics.expose());
  expect(lines.filter((line) => line.includes('old'))).toEqual([]);
  expect(lines).toContain('s_count{a="new"} 1');
  expect(lines).toContain('s_count{a="newer"} 1');
  summary.observe({ a: 'old' }, 3);
  expect(linesOf(await metrics.expose())).toContain('s_sum{a="old"} 3');
});
