import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { StoppingApp } from './stopping-app.js';

describe.each(PLATFORMS)('app.close() by itself, on %s', (platform) => {
  it.each([
    ['', false],
    [' before NestJS refuses requests', true],
  ])(
    'turns readiness off at once, and waits for drainMs%s',
    async (_before, return503OnClosing) => {
      const options = { drainMs: 2_000 };
      const app = await StoppingApp.open({ platform, options, return503OnClosing });
      app.do('close');
      await app.story.tells('closing');

      expect(await app.get('/health/ready')).toMatchObject({ status: 503, connection: 'close' });
      expect(await app.get('/work')).toMatchObject({ status: 200, connection: 'close' });
      expect(app.story.hooks()).toEqual([]);
      await app.story.tells('closed');
      expect(app.story.hooks()).toHaveLength(4);
      expect(await app.end).toBe(0);
    },
  );

  it.each([
    ['without drainMs', { stops: ['graceful'] }],
    ['without enableGracefulShutdown()', { stops: [] }],
  ] as const)('does not wait %s', async (_how, situation) => {
    const app = await StoppingApp.open({ platform, ...situation });
    app.do('close');

    await app.story.tells('closed');
    expect(app.story.said.some(({ secondsPassed }) => secondsPassed)).toBe(false);
    expect(app.story.said.flatMap(({ ready }) => ready ?? [])).toEqual([503, 503]);
    expect(await app.end).toBe(0);
  });

  it('goes on when a signal comes, and the process ends with code 0', async () => {
    const app = await StoppingApp.open({ platform, options: { drainMs: 300 } });
    app.do('close');
    await app.story.tells('closing');
    await app.gets('SIGTERM');

    expect(await app.end).toBe(0);
    expect(app.story.hooks()).toHaveLength(4);
  });
});
