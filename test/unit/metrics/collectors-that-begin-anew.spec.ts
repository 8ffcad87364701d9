import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import type { ExpositionFormat } from '../../../lib/metrics/metrics.types.js';
import { slowRegistry } from './slow-clock.js';

const BOTH_WAYS: readonly (readonly [first: ExpositionFormat, second: ExpositionFormat])[] = [
  ['prometheus', 'openmetrics'],
  ['openmetrics', 'prometheus'],
];
const ROUNDS = 20;

/** A gauge whose collector takes some turns between a reset and two values, after a histogram that takes long to write. */
function registryWithJobs(collecting: number): MetricsRegistry {
  const metrics = slowRegistry();
  const large = metrics.histogram('large', 'Large', ['a']);
  for (let at = 0; at < 2_000; at += 1) large.observe({ a: at }, 1);
  metrics.gauge({
    name: 'jobs',
    help: 'Jobs',
    labelNames: ['queue'],
    async collect() {
      this.reset();
      for (let turns = 0; turns < collecting; turns += 1) await turn();
      for (const queue of ['mail', 'bills']) this.set({ queue }, 1);
    },
  });
  return metrics;
}

async function jobsIn(metrics: MetricsRegistry, format: ExpositionFormat): Promise<number> {
  const text = Buffer.concat(await metrics.render(format)).toString();
  return text.split('\n').filter((line) => line.startsWith('jobs{')).length;
}

it.each(BOTH_WAYS)(
  'A gauge that a collector resets before it sets it is whole in two scrapes at a time: %s, then %s',
  async (first, second) => {
    const metrics = registryWithJobs(10);
    const seen: number[] = [];

    for (let round = 0; round < ROUNDS; round += 1) {
      const one = jobsIn(metrics, first);
      // Later by the round, so that the second collects while the first collects, begins to write, and writes.
      for (let turns = 0; turns < 3 * round; turns += 1) await turn();
      seen.push(...(await Promise.all([one, jobsIn(metrics, second)])));
    }

    expect(seen).toEqual(Array.from({ length: 2 * ROUNDS }, () => 2));
  },
);

it('It is whole in the scrapes of two that each scrape again as soon as they can', async () => {
  const metrics = registryWithJobs(60);
  const scrapeOn = async (format: ExpositionFormat): Promise<number[]> => {
    const seen: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) seen.push(await jobsIn(metrics, format));
    return seen;
  };

  const one = scrapeOn('prometheus');
  // The second begins while the first writes: from then on either collects while the other writes.
  for (let turns = 0; turns < 65; turns += 1) await turn();
  const seen = await Promise.all([one, scrapeOn('openmetrics')]);

  expect(seen.flat()).toEqual(Array.from({ length: 2 * ROUNDS }, () => 2));
});
