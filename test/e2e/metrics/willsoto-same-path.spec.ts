import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

// register() acts on the whole process when it is called, so that it can be called only once.
const theirs = PrometheusModule.register();

@Module({ imports: [theirs, ObservabilityModule.forRoot({ metrics: { enabled: true } })] })
class TheirsFirstModule {}

@Module({ imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } }), theirs] })
class OursFirstModule {}

const MODULES = [TheirsFirstModule, OursFirstModule];

it.each(PLATFORMS.flatMap((platform) => MODULES.map((module) => [platform, module] as const)))(
  'PrometheusModule.register() boots beside this module, whose /metrics shows both, on %s in %o',
  async (platform, module) => {
    const { app, get, log } = await boot(module, platform);
    app.get(MetricsRegistry).counter('orders_total', 'Orders').inc();
    const response = await get('/metrics');
    const text = await response.text();

    expect(response.status).toBe(200);
    expect(text).toContain('orders_total 1\n');
    expect(text).toContain('process_cpu_seconds_total');
    expect(log.lines.filter((line) => line.level === 'error')).toEqual([]);
  },
);
