import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { ENDLESS, StoppingApp, type Situation } from './stopping-app.js';

describe.each(PLATFORMS)('app.enableShutdownHooks() on %s', (platform) => {
  it('alone has readiness go before any provider is destroyed, and a warning says what is lost', async () => {
    const app = await StoppingApp.open({ platform, stops: ['hooks'] });
    expect(app.story.logged('warn')).not.toContain('enableGracefulShutdown');
    await app.gets('SIGTERM');

    expect(await app.end).toBe('SIGTERM');
    expect(app.story.said.flatMap(({ ready }) => ready ?? [])).toEqual([503, 503]);
    expect(app.story.hooks()).toHaveLength(4);
    expect(app.story.logged('warn')).toContain('enableGracefulShutdown');
    expect(app.story.logged('warn')).toMatch(/requests/i);
  });

  it('changes nothing before or after enableGracefulShutdown()', async () => {
    const [alone, before, after] = await Promise.all([
      stopped({ platform }),
      stopped({ platform, stops: ['hooks', 'graceful'] }),
      stopped({ platform, stops: ['graceful', 'hooks'] }),
    ]);

    expect(alone).toMatchObject({ end: 0, hooksBefore: [] });
    expect(before).toEqual(alone);
    expect(after).toEqual(alone);
  });
});

/** What happens from the first signal to the end, with another signal in between that skips the wait. */
async function stopped(situation: Situation): Promise<unknown> {
  const app = await StoppingApp.open({ ...situation, options: ENDLESS });
  await app.gets('SIGTERM');
  const answers = [await app.get('/health/ready'), await app.get('/work')];
  const hooksBefore = app.story.hooks();
  app.getsAgain('SIGTERM');
  return {
    end: await app.end,
    statuses: answers.map(({ status, connection }) => [status, connection]),
    hooksBefore,
    hooks: app.story.hooks(),
    errors: app.story.logged('error'),
  };
}
