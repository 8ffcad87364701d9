import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { ENDLESS, StoppingApp } from './stopping-app.js';

/** Of the providers of the application, in the order in which NestJS calls them. */
const ALL_HOOKS = [
  'Last beforeApplicationShutdown',
  'Last onApplicationShutdown',
  'Database onModuleDestroy',
  'Everywhere onModuleDestroy',
];

describe.concurrent.each(PLATFORMS)('an application on %s that drains', (platform) => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers everything after %s, is not ready, and has every connection closed',
    async (signal) => {
      const app = await StoppingApp.open({ platform, options: ENDLESS });
      for (const connection of ['kept', 'new'] as const) {
        expect(await app.get('/work', connection)).toMatchObject({
          status: 200,
          connection: 'keep-alive',
        });
      }
      expect((await app.get('/health/ready')).status).toBe(200);

      await app.gets(signal);
      const expected = [
        ['/health/ready', 503],
        ['/health/live', 200],
        ['/health', 200],
        ['/metrics', 200],
        ['/work', 200],
        ['/nowhere', 404],
      ] as const;
      for (const [path, status] of expected) {
        for (const connection of ['kept', 'new'] as const) {
          expect(await app.get(path, connection), path).toMatchObject({
            status,
            connection: 'close',
          });
        }
      }
      expect((await app.get('/metrics')).body).toContain('work_total 1');
      expect(JSON.parse((await app.get('/health/live')).body)).toEqual({ status: 'alive' });
      expect(app.story.hooks()).toEqual([]);
      expect(app.story.logged('log')).toContain(signal);
      expect(app.story.logged('error')).toBe('');
    },
  );

  it('closes when it has drained, every provider after readiness has gone, and ends with code 0', async () => {
    const app = await StoppingApp.open({ platform, options: { drainMs: 300 } });
    await app.gets('SIGTERM');

    expect(await app.end).toBe(0);
    expect(app.story.hooks().toSorted()).toEqual(ALL_HOOKS.toSorted());
    const readiness = app.story.said.flatMap(({ ready }) => ready ?? []);
    // Of the hooks that are called while the server still listens.
    expect(readiness).toEqual([503, 503]);
  });

  it('finishes a request that takes longer than it drains before it destroys any provider, and closes its connection', async () => {
    const app = await StoppingApp.open({ platform, options: { drainMs: 100 } });
    const answer = app.get('/slow?ms=1500', 'kept');
    await app.story.tells('started');
    await app.gets('SIGTERM');

    expect(await answer).toMatchObject({ status: 200, connection: 'close' });
    expect(await app.end).toBe(0);
    const order = app.story.said.flatMap(({ finishes, hook }) => finishes ?? hook ?? []);
    expect(order.slice(0, 2)).toEqual(['slow', 'onModuleDestroy']);
  });
});
