import { Controller, Get, Module, type DynamicModule } from '@nestjs/common';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

const ALIVE = '{"status":"alive"}';

@Controller('health')
class HealthController {
  @Get('live')
  live(): string {
    return 'the application’s own';
  }
}

/** @param pipeline as the option has it; the options come from `forRoot`, or from a factory beside it. */
function appWith(
  options: ObservabilityModuleOptions,
  pipeline: 'front' | 'nest',
  how: 'forRoot' | 'forRootAsync' = 'forRoot',
  controllers: DynamicModule['controllers'] = [],
): DynamicModule {
  @Module({})
  class AppModule {}
  const ours =
    how === 'forRoot'
      ? ObservabilityModule.forRoot({ ...options, pipeline })
      : ObservabilityModule.forRootAsync({ pipeline, useFactory: async () => options });
  return { module: AppModule, imports: [ours], controllers };
}

describe.each(
  PLATFORMS.flatMap((platform) =>
    (['front', 'nest'] as const).flatMap((pipeline) =>
      (['forRoot', 'forRootAsync'] as const).map((how) => [platform, pipeline, how] as const),
    ),
  ),
)('on %s with pipeline %s and options of %s', (platform, pipeline, how) => {
  it('each route can have another path, and is not at its first', async () => {
    const routes = {
      health: '/status',
      live: '/livez',
      ready: '/ops/v1.2/ready_~x',
      metrics: '/ops/metrics',
      tools: '/status/links',
    };
    const { get, log } = await boot(appWith({ routes }, pipeline, how), platform);
    expect(await (await get('/status')).json()).toMatchObject({ status: 'healthy', checks: [] });
    expect(await (await get('/livez')).text()).toBe(ALIVE);
    expect(await (await get('/ops/v1.2/ready_~x')).json()).toMatchObject({ status: 'ready' });
    expect(await (await get('/ops/metrics')).text()).toMatch(/^# Metrics are off/);
    expect(await (await get('/status/links')).json()).toHaveProperty('grafana');
    for (const path of ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools']) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    expect(log.ours('warn')).toEqual([expect.stringMatching(/^No health check is registered/)]);
  });

  it('each route can be switched off, and the others stay', async () => {
    const { get } = await boot(
      appWith({ routes: { tools: false, metrics: false } }, pipeline, how),
      platform,
    );
    expect((await get('/health/tools')).status).toBe(404);
    expect((await get('/metrics')).status).toBe(404);
    expect((await get('/metrics', { method: 'POST' })).status).toBe(404);
    expect(await (await get('/health/live')).text()).toBe(ALIVE);
    expect((await get('/health/live', { method: 'POST' })).status).toBe(405);
  });

  it('all of them can be switched off', async () => {
    const routes = {
      health: false,
      live: false,
      ready: false,
      metrics: false,
      tools: false,
    } as const;
    const { get, log } = await boot(appWith({ routes }, pipeline, how), platform);
    for (const path of ['/', '/health', '/health/live', '/health/ready', '/metrics']) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
      expect([path, (await get(path, { method: 'POST' })).status]).toEqual([path, 404]);
    }
    expect(log.ours('warn')).toEqual([expect.stringMatching(/^No health check is registered/)]);
  });

  it('the path that a route has left is the application’s to take', async () => {
    const module = appWith({ routes: { live: '/livez' } }, pipeline, how, [HealthController]);
    const { get } = await boot(module, platform);
    expect(await (await get('/health/live')).text()).toBe('the application’s own');
    expect(await (await get('/livez')).text()).toBe(ALIVE);
  });

  it('two routes can change places', async () => {
    const routes = { live: '/health/ready', ready: '/health/live' };
    const { get } = await boot(appWith({ routes }, pipeline, how), platform);
    expect(await (await get('/health/ready')).text()).toBe(ALIVE);
    expect(await (await get('/health/live')).json()).toMatchObject({ status: 'ready' });
  });
});

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a path in capital letters is reached as it is written, and otherwise', async () => {
    const { get } = await boot(appWith({ routes: { live: '/LiveZ' } }, 'front'), platform);
    for (const path of ['/LiveZ', '/livez', '/LIVEZ/']) {
      expect(await (await get(path)).text()).toBe(ALIVE);
    }
  });
});
