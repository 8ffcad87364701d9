import promClient from 'prom-client';
import { expect, it } from 'vitest';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import type { PromClient } from '../../../lib/metrics/prom-client.js';
import { SlowClock } from './slow-clock.js';
import { watchLog } from './watched-log.js';

watchLog();

const METRICS = 200;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;

function slowRegistry(): MetricsRegistry {
  return new MetricsRegistry(promClient as unknown as PromClient, {}, new SlowClock());
}

/** How many turns the event loop makes during a scrape. */
async function turnsOf(metrics: MetricsRegistry): Promise<number> {
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  await metrics.render('prometheus');
  clearImmediate(next);
  return turns;
}

it.each(TYPES)('Many a %s of one series lets others have the event loop', async (type) => {
  const metrics = slowRegistry();
  for (let at = 0; at < METRICS; at += 1) metrics.ofType(type, { name: `m_${at}`, help: 'M' });

  expect(await turnsOf(metrics)).toBeGreaterThanOrEqual(METRICS / 2);
});

it('Many metrics of one series that were made with prom-client do so when they are asked, and when they are written', async () => {
  const metrics = slowRegistry();
  for (let at = 0; at < METRICS; at += 1)
    new promClient.Counter({ name: `m_${at}`, help: 'M' }).inc();

  expect(await turnsOf(metrics)).toBeGreaterThanOrEqual(1.5 * METRICS);
});

it('A summary lets others have the event loop after each series that takes long', async () => {
  const metrics = slowRegistry();
  const summary = metrics.summary('s', 'S', ['a']);
  for (let at = 0; at < METRICS; at += 1) summary.observe({ a: at }, 1);

  expect(await turnsOf(metrics)).toBeGreaterThanOrEqual(METRICS - 1);
});
