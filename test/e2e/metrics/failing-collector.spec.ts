import { Module } from '@nestjs/common';
import { makeCounterProvider, makeGaugeProvider, ObservabilityModule } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  providers: [
    makeGaugeProvider({
      name: 'queue_length',
      help: 'Jobs',
      collect() {
        throw new Error('redis://app:secret@queue is down');
      },
    }),
    makeCounterProvider({ name: 'orders_total', help: 'Orders' }),
  ],
})
class AppModule {}

it.each(PLATFORMS)('A collector that throws loses only its own metric, on %s', async (platform) => {
  const { get, log } = await boot(AppModule, platform);
  await get('/metrics');
  const response = await get('/metrics');
  const text = await response.text();

  expect(response.status).toBe(200);
  expect(text).toContain('orders_total 0\n');
  expect(text).not.toContain('queue_length');
  expect(log.ours('warn').filter((line) => line.includes('"queue_length"'))).toEqual([
    'Metric "queue_length" is left out of the scrape: redis://[redacted]@queue is down',
  ]);
});
