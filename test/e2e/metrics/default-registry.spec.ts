import { Module } from '@nestjs/common';
import { makeCounterProvider as makeTheirs } from '@willsoto/nestjs-prometheus';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { Counter, register } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

afterEach(() => register.clear());

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  providers: [makeTheirs({ name: 'theirs_total', help: 'Theirs' })],
})
class AppModule {}

describe.each(PLATFORMS)('GET /metrics on %s', (platform) => {
  it('shows what was made with prom-client directly, also after boot', async () => {
    const { get } = await boot(AppModule, platform);
    new Counter({ name: 'direct_total', help: 'Direct' }).inc(3);

    expect(await (await get('/metrics')).text()).toContain('direct_total 3\n');
  });

  it('shows what a provider of @willsoto/nestjs-prometheus makes', async () => {
    const { get } = await boot(AppModule, platform);

    expect(await (await get('/metrics')).text()).toContain('theirs_total 0\n');
  });

  it('shows a name that is in both registries once, as it is in ours, with one warning', async () => {
    const { app, get, log } = await boot(AppModule, platform);
    app.get(MetricsRegistry).counter('theirs_total', 'Ours').inc(7);
    await get('/metrics');
    const text = await (await get('/metrics')).text();

    expect(text.match(/^theirs_total .*$/gm)).toEqual(['theirs_total 7']);
    expect(log.ours('warn').filter((line) => line.includes('"theirs_total"'))).toHaveLength(1);
  });
});
