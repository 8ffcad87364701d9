import { EventEmitter, once } from 'node:events';
import { healthy, type HealthTransition } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { bootFaulty, checkIn, type Planned } from './faulty-app.js';

const GOOD: Planned = { name: 'good', check: () => healthy('all well') };

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a check that removes itself is in the answer that it was part of, and in no other', async () => {
    const app = await bootFaulty(platform);
    app.add({ name: 'once', check: () => void app.registry.unregister('once') }, GOOD);
    expect((await app.health()).checks.map(({ name }) => name)).toEqual(['once', 'good']);
    expect((await app.health()).checks.map(({ name }) => name)).toEqual(['good']);
  });

  it('a check that adds another while it runs is no harm, and the other is in the next answer', async () => {
    const app = await bootFaulty(platform);
    const check = (): void => {
      if (!app.registry.has('added')) app.add({ ...GOOD, name: 'added' });
    };
    app.add({ name: 'adds', check }, GOOD);
    expect((await app.health()).checks.map(({ name }) => name)).toEqual(['adds', 'good']);
    expect((await app.health()).checks.map(({ name }) => name)).toEqual(['adds', 'good', 'added']);
  });

  it('a check that is removed while it runs is stopped, and what it still says counts for nothing', async () => {
    const app = await bootFaulty(platform, [GOOD]);
    const told: HealthTransition[] = [];
    app.registry.onTransition((transition) => told.push(transition));
    const gate = new EventEmitter();
    const signals: AbortSignal[] = [];
    app.add(
      { name: 'removed', check: ({ signal }) => (signals.push(signal), once(gate, 'opened')) },
      { name: 'removes', check: () => void remove.pop()?.() },
    );
    const remove = [() => app.registry.unregister('removed')];
    const body = await app.health();
    expect(checkIn(body, 'removed')).toMatchObject({
      status: 'unhealthy',
      message: 'stopped: the check was removed',
    });
    expect(checkIn(body, 'good').message).toBe('all well');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);

    gate.emit('error', new Error('too late'));
    app.add({ ...GOOD, name: 'removed' });
    expect((await app.ask('removed')).status).toBe('healthy');
    expect(told).toEqual([]);
  });
});
