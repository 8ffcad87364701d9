import { Module } from '@nestjs/common';
import { makeGaugeProvider, MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it, vi } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

vi.mock('../../../lib/optional-package.js', () => ({
  loadOptionalPackage: () => Promise.resolve(undefined),
}));

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  providers: [makeGaugeProvider({ name: 'queue_length', help: 'Jobs' })],
})
class AppModule {}

describe.each(PLATFORMS)('Metrics switched on without prom-client, on %s', (platform) => {
  it('stay off, with one warning that names the package', async () => {
    const { app, log } = await boot(AppModule, platform);

    expect(app.get(MetricsRegistry).enabled).toBe(false);
    expect(log.ours('warn').filter((line) => line.includes('prom-client'))).toHaveLength(1);
  });

  it('take every call in silence', async () => {
    const { app, get } = await boot(AppModule, platform);
    const orders = app.get(MetricsRegistry).counter('orders_total', 'Orders', ['country']);
    orders.labels({ country: 'pt' }).inc();
    const response = await get('/metrics');

    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^# Metrics are off\./);
  });
});
