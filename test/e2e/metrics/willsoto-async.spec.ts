import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
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
})
class AppModule {}

it('PrometheusModule.registerAsync() keeps its default labels in /metrics', async () => {
  const { get } = await boot(AppModule);

  expect(await (await get('/metrics')).text()).toMatch(
    /^process_cpu_seconds_total\{app="shop"\} /m,
  );
});
