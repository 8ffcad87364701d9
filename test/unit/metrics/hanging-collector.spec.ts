import { expect, it, vi } from 'vitest';
import { FakeClock, settle } from '../../support/fake-clock.js';
import { registryOn } from './registry-on.js';

it('A collector that hangs loses only its own metric, is waited for once, and is not called again until it is done', async () => {
  const clock = new FakeClock();
  const metrics = registryOn({}, clock);
  const gate = new AbortController();
  const collect = vi.fn<() => Promise<void>>(
    () =>
      new Promise((resolve) => {
        gate.signal.addEventListener('abort', () => resolve());
      }),
  );
  metrics.counter('good_total', 'Good').inc();
  metrics.gauge({ name: 'hangs', help: 'Hangs', collect }).set(7);
  const withoutIt = '# HELP good_total Good\n# TYPE good_total counter\ngood_total 1\n';

  const first = metrics.expose();
  await clock.advance(5_000);
  expect(await first).toBe(withoutIt);
  expect(await metrics.expose()).toBe(withoutIt);
  expect(collect).toHaveBeenCalledTimes(1);
  expect(clock.waiting).toBe(0);

  gate.abort();
  await settle();
  collect.mockResolvedValue();
  expect(await metrics.expose()).toContain('hangs 7');
  expect(clock.waiting).toBe(0);
});
