import { Module } from '@nestjs/common';
import { makeCounterProvider, PrometheusModule } from '@willsoto/nestjs-prometheus';
import { ObservabilityModule } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../support/boot.js';

@Module({
  imports: [
    PrometheusModule.registerAsync({
      global: true,
      useFactory: () => ({ defaultLabels: { app: 'shop' } }),
    }),
    ObservabilityModule.forRoot({ metrics: { enabled: true } }),
  ],
  providers: [makeCounterProvider({ name: 'orders_total', help: 'Orders' })],
})
class AppModule {}

it('PrometheusModule.registerAsync() keeps its default labels in /metrics, and process metrics are there once', async () => {
  const { get, log } = await boot(AppModule);
  await get('/metrics');
  const text = await (await get('/metrics')).text();

  expect(text).toContain('orders_total{app="shop"} 0\n');
  expect(text.match(/^process_cpu_seconds_total\b/gm)).toHaveLength(1);
  expect(log.ours('warn').filter((line) => line.includes('default registry'))).toEqual([
    expect.stringContaining('"process_cpu_seconds_total"'),
  ]);
});
