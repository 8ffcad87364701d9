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

it('A long exposition lets others have the event loop after each of its parts', async () => {
  const metrics = new MetricsRegistry(promClient as unknown as PromClient, {}, new SlowClock());
  const counter = metrics.counter('long_total', 'Long', ['a']);
  for (let at = 0; at < 2_000; at += 1) counter.inc({ a: `${at} ${'x'.repeat(120)}` });
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });

  const parts = await metrics.render('prometheus');
  clearImmediate(next);

  expect(parts.length).toBeGreaterThan(3);
  expect(turns).toBeGreaterThanOrEqual(parts.length - 1);
});
