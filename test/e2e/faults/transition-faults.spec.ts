import { healthy, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { fail, SECRET, thenable } from './fault.js';
import { bootFaulty, checkIn } from './faulty-app.js';
import { ProcessWatch } from './process-watch.js';

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a status that flips at each run is a transition and a line of the log each time', async () => {
    const { app, registry, health, log } = await bootFaulty(platform);
    const told: string[] = [];
    registry.onTransition(({ from, to }) => told.push(`${from} to ${to}`));
    let runs = 0;
    const check = (): unknown => (runs++ % 2 === 0 ? healthy() : unhealthy(`pwd=${SECRET}`));
    registry.registerCheck('flips', check as never);
    for (let round = 0; round < 5; round += 1) await health();
    const flips = ['unhealthy', 'healthy', 'unhealthy', 'healthy'];
    expect(told).toEqual(flips.map((to) => `${to === 'healthy' ? 'un' : ''}healthy to ${to}`));
    const lines = [...log.ours('error'), ...log.ours('log')];
    expect(lines.filter((line) => line.includes('"flips"'))).toHaveLength(4);
    expect(lines.join()).not.toContain(SECRET);
    await app.close();
    expect(told).toHaveLength(4);
  });

  it('a status that flips at each run flips nothing where two in a row are needed', async () => {
    const { registry, health, log } = await bootFaulty(platform);
    const told: unknown[] = [];
    registry.onTransition((transition) => told.push(transition));
    let runs = 0;
    const check = (): unknown => (runs++ % 2 === 0 ? healthy() : unhealthy('refused'));
    registry.registerCheck('flips', check as never, { failureThreshold: 2, successThreshold: 2 });
    for (const raw of ['healthy', 'unhealthy', 'healthy', 'unhealthy']) {
      expect(checkIn(await health(), 'flips')).toMatchObject({
        status: 'healthy',
        details: raw === 'healthy' ? {} : { raw_status: raw },
      });
    }
    expect([told, log.ours('error')]).toEqual([[], []]);
  });

  it.each([
    ['throws', fail],
    ['rejects', async () => fail()],
    ['returns a thenable that throws', () => thenable(fail)],
    ['never comes back', () => new Promise(() => {})],
  ])(
    'a listener of transitions that %s reaches neither the answer nor the next',
    async (_what, listener) => {
      using watch = new ProcessWatch();
      const { registry, add, ask } = await bootFaulty(platform);
      const told: string[] = [];
      registry.onTransition(listener);
      registry.onTransition(({ name }) => told.push(name));
      add({ name: 'bad', check: () => unhealthy('refused') });
      expect((await ask('bad')).message).toBe('refused');
      expect(told).toEqual(['bad']);
      expect(await watch.events()).toEqual([]);
    },
  );
});
