import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { constants, PerformanceObserver, type PerformanceObserverEntryList } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { nextTurn } from '../../../../lib/clock.js';
import type { MetricsRegistry } from '../../../../lib/metrics/metrics.registry.js';
import { GarbageCollection } from '../../../../lib/metrics/runtime/garbage-collection.js';
import { settle } from '../../../support/fake-clock.js';
import { registryOn } from '../registry-on.js';
import { samplesIn, scrape, seriesOf, valueOf, type Samples } from './samples.js';

const METRIC = 'nodejs_gc_duration_seconds';

const turn = (): Promise<void> => new Promise(nextTurn);

/** Collects garbage at once; everything, unless only what is young. */
const collectGarbage = ((): ((isMinor?: boolean) => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (isMinor?: boolean) => void;
})();

function made(): { registry: MetricsRegistry; gc: GarbageCollection } {
  const registry = registryOn();
  const gc = new GarbageCollection(registry);
  onTestFinished(() => gc.stop());
  return { registry, gc };
}

function countOf(samples: Samples, kind: string): number {
  return samples.get(`${METRIC}_count{kind="${kind}"}`) ?? 0;
}

it('counts each one that an observer of the test sees, by kind and with its duration', async () => {
  const { registry, gc } = made();
  const seen = new Map<number, number>();
  let seconds = 0;
  const note = (entries: ReturnType<PerformanceObserverEntryList['getEntries']>): void => {
    for (const entry of entries) {
      const { kind } = (entry as unknown as { detail: { kind: number } }).detail;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      seconds += entry.duration / 1_000;
    }
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  gc.start();
  for (let batch = 0; batch < 5; batch++) {
    for (let i = 0; i < 4; i++) {
      collectGarbage(true);
      collectGarbage();
    }
    await settle();
  }
  // In one turn: what is still on its way is left out by both.
  note(observer.takeRecords());
  gc.stop();
  observer.disconnect();
  const samples = await scrape(registry);

  const { NODE_PERFORMANCE_GC_MAJOR: major, NODE_PERFORMANCE_GC_MINOR: minor } = constants;
  const { NODE_PERFORMANCE_GC_INCREMENTAL: incremental, NODE_PERFORMANCE_GC_WEAKCB: weakcb } =
    constants;
  expect(countOf(samples, 'major')).toBe(seen.get(major));
  expect(countOf(samples, 'minor')).toBe(seen.get(minor));
  expect(countOf(samples, 'incremental')).toBe(seen.get(incremental) ?? 0);
  expect(countOf(samples, 'weakcb')).toBe(seen.get(weakcb) ?? 0);
  expect(countOf(samples, 'other')).toBe(0);
  expect(countOf(samples, 'major')).toBeGreaterThanOrEqual(16);
  const sums = seriesOf(samples, `${METRIC}_sum`).map((series) => valueOf(samples, series));
  expect(sums.reduce((total, sum) => total + sum, 0)).toBeCloseTo(seconds, 9);
});

it('counts at least those that V8 itself reports', async () => {
  const program = join(import.meta.dirname, 'collect-garbage.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program]);

  const traced = stdout.split('\n').filter((line) => /\d ms: (Scavenge|Mark-Compact)/.test(line));
  const samples = samplesIn(stdout.split('EXPOSITION\n')[1] ?? '');
  expect(traced.length).toBeGreaterThanOrEqual(40);
  expect(countOf(samples, 'minor') + countOf(samples, 'major')).toBeGreaterThanOrEqual(
    traced.length,
  );
});

it('what the observer has not been told of yet is in the scrape', async () => {
  const { registry, gc } = made();
  gc.start();
  await settle();
  const before = countOf(await scrape(registry), 'major');
  collectGarbage();
  // Node knows of it now, and tells observers in the turn after this one.
  await turn();

  expect(countOf(await scrape(registry), 'major')).toBeGreaterThan(before);
});

it('the buckets are those of prom-client', async () => {
  const { registry, gc } = made();
  gc.start();
  collectGarbage();
  await settle();
  const samples = await scrape(registry);

  const bounds = [0.001, 0.01, 0.1, 1, 2, 5, '+Inf'];
  const buckets = bounds.map((le) => `${METRIC}_bucket{le="${le}",kind="major"}`);
  expect(seriesOf(samples, `${METRIC}_bucket`).filter((name) => name.includes('"major"'))).toEqual(
    buckets,
  );
});

it('nothing is counted before the start, nor after the end; started again it goes on', async () => {
  const { registry, gc } = made();
  const majors = async (): Promise<number> => {
    await settle();
    collectGarbage();
    await settle();
    return countOf(await scrape(registry), 'major');
  };
  const before = await majors();
  gc.start();
  gc.start();
  const started = await majors();
  gc.stop();
  const stopped = await majors();
  gc.start();
  const again = await majors();

  expect(before).toBe(0);
  expect(started).toBeGreaterThan(0);
  expect(stopped).toBe(started);
  expect(again).toBeGreaterThan(stopped);
});
