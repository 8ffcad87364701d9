import { expect, it, vi } from 'vitest';
import { FakeClock } from '../../support/fake-clock.js';
import { registryOn } from './registry-on.js';

it('A collector that waits for a scrape itself is asked once, and loses only its own metric at its deadline', async () => {
  const clock = new FakeClock();
  const metrics = registryOn({}, clock);
  const collect = vi.fn<() => Promise<void>>(async () => {
    await metrics.expose();
  });
  metrics.gauge({ name: 'scrapes', help: 'Scrapes', collect }).set(7);
  metrics.gauge('good', 'Good').set(1);
  let body = 'nothing';
  const first = metrics.expose().then((text) => (body = text));

  await clock.advance(4_000);
  await clock.advance(999);
  expect(body).toBe('nothing');
  expect(clock.waiting).toBe(1);
  await clock.advance(1);
  expect(await first).toBe('# HELP good Good\n# TYPE good gauge\ngood 1\n');
  expect(collect).toHaveBeenCalledTimes(1);
  expect(clock.waiting).toBe(0);
});
