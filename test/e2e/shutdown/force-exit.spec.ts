import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { StoppingApp } from './stopping-app.js';

const OPTIONS = { drainMs: 50, forceExitMs: 1_500 };

describe.each(['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'])(
  '%s',
  (name) => {
    it('that hangs cannot keep the process alive', async () => {
      const app = await StoppingApp.open({ options: OPTIONS, hook: { name, does: 'hangs' } });
      await app.gets('SIGTERM');

      expect(await app.end).toBe(1);
      expect(app.story.said.some(({ hook }) => hook === name)).toBe(true);
      expect(app.story.logged('error')).toMatch(/\b1500 ms\b/);
    });

    it('that throws is logged, and the application closes all the same', async () => {
      const app = await StoppingApp.open({
        options: { drainMs: 50 },
        hook: { name, does: 'throws' },
      });
      await app.gets('SIGTERM');

      // NestJS 12 logs what a hook throws, and goes on.
      expect(await app.end).toBe(0);
      expect(app.story.logged('error')).toContain('The connection is lost');
      expect(app.story.hooks()).toHaveLength(4);
    });
  },
);

it.each(PLATFORMS)(
  'An application on %s that cannot be closed ends with code 1, and says why',
  async (platform) => {
    const options = { drainMs: 50 };
    const app = await StoppingApp.open({ platform, options, closing: 'fails' });
    await app.gets('SIGTERM');

    expect(await app.end).toBe(1);
    expect(app.story.logged('error')).toContain('The server does not close');
  },
);

it.each(PLATFORMS)(
  'A request that never ends keeps neither the providers nor the process of an application on %s',
  async (platform) => {
    const app = await StoppingApp.open({ platform, options: OPTIONS });
    app.get('/hangs').catch(() => {});
    await app.story.tells('started', 'hangs');
    await app.gets('SIGTERM');

    // The end itself may be had by closing the connection, or by force.
    await app.end;
    expect(app.story.hooks()).toContain('Database onModuleDestroy');
  },
);
