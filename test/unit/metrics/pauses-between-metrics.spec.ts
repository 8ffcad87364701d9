import promClient from 'prom-client';
import { expect, it } from 'vitest';
import type { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { slowRegistry, turnsDuring } from './slow-clock.js';
import { watchLog } from './watched-log.js';

watchLog();

const METRICS = 200;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;

const turnsOf = (metrics: MetricsRegistry): Promise<number> =>
  turnsDuring(() => metrics.render('prometheus'));

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
