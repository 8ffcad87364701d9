import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { fail } from './fault.js';
import { bootFaulty, type Planned } from './faulty-app.js';
import { ProcessWatch } from './process-watch.js';

const GOOD: Planned = { name: 'good', check: () => {} };

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a rejected promise whose own then ignores whoever waits ends nothing but its check', async () => {
    using watch = new ProcessWatch();
    class Ignorant extends Promise<unknown> {
      // oxlint-disable-next-line unicorn/no-thenable -- what is tested
      override then(): never {
        return fail();
      }
    }
    const { ask } = await bootFaulty(platform, [
      GOOD,
      { name: 'ignores', check: () => Ignorant.reject(new Error('refused')) },
    ]);
    expect((await ask('ignores')).status).toBe('unhealthy');
    expect((await ask('good')).status).toBe('healthy');
    expect(await watch.events()).toEqual([]);
  });

  it('a listener on the signal of a run is the only one there, and nothing is left of two hundred runs', async () => {
    using watch = new ProcessWatch();
    const listeners: number[] = [];
    const check: Planned['check'] = ({ signal }) => {
      signal.addEventListener('abort', () => {});
      listeners.push(getEventListeners(signal, 'abort').length);
      return settle();
    };
    const { app, registry } = await bootFaulty(platform, [{ name: 'listens', check }, GOOD]);
    for (let round = 0; round < 200; round += 1) await registry.run();
    expect(new Set(listeners)).toEqual(new Set([1]));
    await app.close();
    expect(await watch.leftOpen()).toEqual([]);
    expect(await watch.events()).toEqual([]);
  });

  it('the AsyncLocalStorage of one check reaches neither whoever asks nor another check', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const sees = async (): Promise<void> => {
      seen.push(storage.getStore());
      await settle();
      seen.push(storage.getStore());
    };
    const { add, health, registry } = await bootFaulty(platform);
    add(
      { name: 'before', check: sees },
      { name: 'enters', check: () => storage.enterWith('left behind') },
      {
        name: 'enters-and-waits',
        check: async () => {
          storage.enterWith('left behind');
          await settle();
        },
      },
      { name: 'after', check: sees },
    );
    await health();
    await health();
    expect(seen).toEqual(Array.from({ length: 8 }, () => undefined));

    const asked = await storage.run('mine', async () => {
      await registry.run();
      return storage.getStore();
    });
    expect(asked).toBe('mine');
    expect(seen).not.toContain('left behind');
  });
});
