import promClient from 'prom-client';
import { expect, it } from 'vitest';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import type { PromClient } from '../../../lib/metrics/prom-client.js';
import { FakeClock } from '../../support/fake-clock.js';

/** A clock by which everything takes long. */
class SlowClock extends FakeClock {
  override nowMs(): number {
    this.hold(10);
    return super.nowMs();
  }
}

/** How many turns the event loop makes while something goes on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  await work();
  clearImmediate(next);
  return turns;
}

function slowRegistry(): MetricsRegistry {
  return new MetricsRegistry(promClient as unknown as PromClient, {}, new SlowClock());
}

it('A long exposition lets others have the event loop after each of its parts', async () => {
  const metrics = slowRegistry();
  const counter = metrics.counter('long_total', 'Long', ['a']);
  for (let at = 0; at < 2_000; at += 1) counter.inc({ a: `${at} ${'x'.repeat(120)}` });
  let parts: readonly Uint8Array[] = [];

  const turns = await turnsDuring(async () => {
    parts = await metrics.render('prometheus');
  });

  expect(parts.length).toBeGreaterThan(3);
  expect(turns).toBeGreaterThanOrEqual(parts.length - 1);
});

it('One of many series that take long lets others have it more often than it has parts', async () => {
  const metrics = slowRegistry();
  const counter = metrics.counter('short_total', 'Short', ['a']);
  for (let at = 0; at < 1_000; at += 1) counter.inc({ a: at });

  const turns = await turnsDuring(async () => {
    const parts = await metrics.render('prometheus');
    expect(parts).toHaveLength(1);
  });

  expect(turns).toBeGreaterThanOrEqual(10);
});
