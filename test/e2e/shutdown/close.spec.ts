import { Module } from '@nestjs/common';
import { HealthRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { Gate } from '../../support/gate.js';
import { StoppingApp } from './stopping-app.js';

@Module({ imports: [ObservabilityModule.forRoot()] })
class AppModule {}

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

  it('waits for a request in flight where drainMs is 0', async () => {
    const app = await StoppingApp.open({ platform, options: { drainMs: 0 } });
    const answer = app.get('/slow?ms=1500', 'kept');
    await app.story.tells('started', 'slow');
    app.do('close');

    expect(await answer).toMatchObject({ status: 200, connection: 'close' });
    expect(await app.end).toBe(0);
    const order = app.story.said.flatMap(({ finishes, hook }) => finishes ?? hook ?? []);
    expect(order.slice(0, 2)).toEqual(['slow', 'onModuleDestroy']);
  });

  it('has the adapter do what it does before, once readiness is off, and waits for it', async () => {
    const [reached, gate] = [new Gate(), new Gate()];
    const seen: unknown[] = [];
    const { app, get } = await boot(AppModule, platform, (host) => {
      const adapter: { beforeClose?: () => unknown } = host.getHttpAdapter();
      adapter.beforeClose = async function (this: unknown) {
        seen.push(this === adapter, host.get(HealthRegistry).readiness.isStopping);
        reached.open();
        await gate.opened;
      };
    });
    const closed = app.close();
    await reached.opened;
    const { status } = await get('/health/ready');
    gate.open();
    await closed;
    expect([...seen, status]).toEqual([true, true, 503]);
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
