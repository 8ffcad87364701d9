import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { MemoryLog } from '../../support/log.js';
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

@Module({ imports: [ObservabilityModule.forRoot()] })
class AppModule {}

describe('an application that a signal closes', () => {
  it.each<[string, boolean, (logger: MemoryLog) => Promise<INestApplicationContext>]>([
    [
      'that has listened is warned of',
      true,
      async (logger) => {
        const app = await NestFactory.create(AppModule, { logger });
        return app.listen(0, '127.0.0.1').then(() => app);
      },
    ],
    [
      'that has never listened is not',
      false,
      async (logger) => (await NestFactory.create(AppModule, { logger })).init(),
    ],
    [
      'without HTTP is not',
      false,
      (logger) => NestFactory.createApplicationContext(AppModule, { logger }),
    ],
  ])('%s', async (_what, isWarnedOf, start) => {
    const log = new MemoryLog();
    const app: { close(signal?: string): Promise<void> } = await start(log);
    await app.close('SIGTERM');

    const warnings = log.ours('warn').filter((line) => line.includes('enableGracefulShutdown'));
    expect(warnings).toHaveLength(isWarnedOf ? 1 : 0);
  });
});
