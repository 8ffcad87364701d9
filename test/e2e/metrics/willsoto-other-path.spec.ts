import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

@Module({
  imports: [
    PrometheusModule.register({ path: '/prom' }),
    ObservabilityModule.forRoot({ metrics: { enabled: true } }),
  ],
})
class AppModule {}

it.each(PLATFORMS)(
  'PrometheusModule.register() with another path answers there as before, on %s',
  async (platform) => {
    const { app, get } = await boot(AppModule, platform);
    app.get(MetricsRegistry).counter('orders_total', 'Orders').inc();
    const ours = await (await get('/metrics')).text();
    const theirs = await get('/prom');
    const theirText = await theirs.text();

    expect(theirs.status).toBe(200);
    expect(theirText).toContain('process_cpu_seconds_total');
    expect(theirText).not.toContain('orders_total');
    expect(ours).toContain('process_cpu_seconds_total');
    expect(ours).toContain('orders_total 1\n');
  },
);
