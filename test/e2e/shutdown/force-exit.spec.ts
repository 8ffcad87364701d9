import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { StoppingApp } from './stopping-app.js';

const OPTIONS = { drainMs: 50, forceExitMs: 2_500 };

describe.concurrent.each(['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'])(
  '%s',
  (name) => {
    it('that hangs cannot keep the process alive', async () => {
      const app = await StoppingApp.open({ options: OPTIONS, hook: { name, does: 'hangs' } });
      await app.gets('SIGTERM');

      expect(await app.end).toBe(1);
      expect(app.story.said.some(({ hook }) => hook === name)).toBe(true);
      expect(app.story.logged('error')).toMatch(/\b2500 ms\b/);
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

it.concurrent.each(PLATFORMS)(
  'An application on %s that cannot be closed ends with code 1, and says why',
  async (platform) => {
    const options = { drainMs: 50 };
    const app = await StoppingApp.open({ platform, options, closing: 'fails' });
    await app.gets('SIGTERM');

    expect(await app.end).toBe(1);
    expect(app.story.logged('error')).toContain('The server does not close');
  },
);

it.concurrent.each(PLATFORMS)(
  'A request that never ends is waited for no longer than half the time that is left, and then cut off, on %s',
  async (platform) => {
    const options = { drainMs: 50, forceExitMs: 6_000 };
    const app = await StoppingApp.open({ platform, options });
    const answer = app.get('/hangs').catch((error: unknown) => (error as { code: string }).code);
    await app.story.tells('started', 'hangs');
    await app.gets('SIGTERM');

    expect(await answer).toBe('ECONNRESET');
    expect(await app.end).toBe(0);
    expect(app.story.hooks()).toHaveLength(4);
  },
);
