import { Module, type DynamicModule } from '@nestjs/common';
import { HealthRegistry, healthy, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

const ALIVE = '{"status":"alive"}';

const PIPELINES = ['front', 'nest'] as const;

function appWith(observability: DynamicModule): DynamicModule {
  @Module({})
  class AppModule {}
  return { module: AppModule, imports: [observability] };
}

describe.each(PLATFORMS.flatMap((platform) => PIPELINES.map((p) => [platform, p] as const)))(
  'on %s with pipeline %s',
  (platform, pipeline) => {
    it('two applications of one process have routes and answers of their own', async () => {
      const first = await boot(
        appWith(
          ObservabilityModule.forRoot({
            pipeline,
            routes: { live: '/livez', tools: false },
            tools: { grafana: 'http://first.example.com' },
          }),
        ),
        platform,
      );
      const second = await boot(
        appWith(
          ObservabilityModule.forRoot({
            pipeline,
            tools: { grafana: 'http://second.example.com' },
          }),
        ),
        platform,
      );
      first.app.get(HealthRegistry).registerCheck('first', () => healthy());
      second.app.get(HealthRegistry).registerCheck('second', () => healthy());

      expect(await (await first.get('/livez')).text()).toBe(ALIVE);
      expect((await first.get('/health/live')).status).toBe(404);
      expect((await first.get('/health/tools')).status).toBe(404);
      expect(await (await second.get('/health/live')).text()).toBe(ALIVE);
      expect((await second.get('/livez')).status).toBe(404);
      expect(await (await second.get('/health/tools')).json()).toMatchObject({
        grafana: 'http://second.example.com',
      });
      const checks = async ({ get }: typeof first): Promise<unknown> =>
        (await get('/health')).json();
      expect(await checks(first)).toMatchObject({ checks: [{ name: 'first' }] });
      expect(await checks(second)).toMatchObject({ checks: [{ name: 'second' }] });

      await first.app.close();
      expect(await (await second.get('/health/live')).text()).toBe(ALIVE);
    });

    it('one module boots as often as it is asked to, at the same time and again', async () => {
      @Module({ imports: [ObservabilityModule.forRoot({ pipeline })] })
      class AppModule {}
      const [first, second] = await Promise.all([
        boot(AppModule, platform),
        boot(AppModule, platform),
      ]);
      first.app.get(HealthRegistry).registerCheck('first', () => healthy());
      expect(await (await first.get('/health')).json()).toMatchObject({
        checks: [{ name: 'first' }],
      });
      expect(await (await second.get('/health')).json()).toMatchObject({ checks: [] });
      await Promise.all([first.app.close(), second.app.close()]);
      const third = await boot(AppModule, platform);
      expect(await (await third.get('/health/live')).text()).toBe(ALIVE);
      expect((await third.get('/health/live', { method: 'POST' })).status).toBe(405);
      expect(await (await third.get('/health')).json()).toMatchObject({ checks: [] });
    });

    it('one declaration with options of a factory leads each application to its own paths', async () => {
      let made = 0;
      const module = appWith(
        ObservabilityModule.forRootAsync({
          pipeline,
          useFactory: () => {
            made += 1;
            return { routes: { live: `/livez-${made}` } };
          },
        }),
      );
      const first = await boot(module, platform);
      const second = await boot(module, platform);
      for (const [{ get }, own, other] of [
        [first, '/livez-1', '/livez-2'],
        [second, '/livez-2', '/livez-1'],
      ] as const) {
        expect(await (await get(own)).text()).toBe(ALIVE);
        expect((await get(other)).status).toBe(404);
      }
    });

    it('a factory that switches off what another did not leaves nothing of it', async () => {
      let made = 0;
      const module = appWith(
        ObservabilityModule.forRootAsync({
          pipeline,
          useFactory: () => {
            made += 1;
            return made === 1 ? {} : { routes: { tools: false } };
          },
        }),
      );
      const first = await boot(module, platform);
      const second = await boot(module, platform);
      expect((await first.get('/health/tools')).status).toBe(200);
      expect((await second.get('/health/tools')).status).toBe(404);
    });
  },
);
