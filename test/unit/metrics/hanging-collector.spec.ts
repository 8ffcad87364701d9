import promClient from 'prom-client';
import { expect, it, vi } from 'vitest';
import { Exposition } from '../../../lib/metrics/exposition.js';
import type { PromClient } from '../../../lib/metrics/prom-client.js';
import { FakeClock, settle } from '../../support/fake-clock.js';

it('A collector that hangs loses only its own metric, and is not called again until it is done', async () => {
  const clock = new FakeClock();
  const exposition = new Exposition(promClient as unknown as PromClient, clock);
  const registers = [exposition.own as promClient.Registry];
  const gate = new AbortController();
  const collect = vi.fn<() => Promise<void>>(
    () =>
      new Promise((resolve) => {
        gate.signal.addEventListener('abort', () => resolve());
      }),
  );
  new promClient.Counter({ name: 'good_total', help: 'Good', registers }).inc();
  new promClient.Gauge({ name: 'hangs', help: 'Hangs', registers, collect }).set(7);

  for (const scrape of [exposition.render(), exposition.render()]) {
    await clock.advance(5_000);
    expect(await scrape).toBe('# HELP good_total Good\n# TYPE good_total counter\ngood_total 1\n');
  }
  expect(collect).toHaveBeenCalledTimes(1);
  expect(clock.waiting).toBe(0);

  gate.abort();
  await settle();
  collect.mockResolvedValue();
  expect(await exposition.render()).toContain('hangs 7');
  expect(clock.waiting).toBe(0);
});
