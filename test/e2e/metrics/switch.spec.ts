import { Module } from '@nestjs/common';
import { ObservabilityModule, MetricsRegistry } from 'nestjs-observability';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { boot, bootError, PLATFORMS } from '../../support/boot.js';

afterEach(() => vi.unstubAllEnvs());

function moduleWith(enabled?: boolean): new () => object {
  @Module({ imports: [ObservabilityModule.forRoot({ metrics: { enabled } })] })
  class AppModule {}
  return AppModule;
}

async function isOn(module: new () => object): Promise<boolean> {
  const { app } = await boot(module);
  return app.get(MetricsRegistry).enabled;
}

describe('Metrics', () => {
  it('are off by default', async () => {
    expect(await isOn(moduleWith())).toBe(false);
  });

  it('are on by option', async () => {
    expect(await isOn(moduleWith(true))).toBe(true);
  });

  it.each(['true', 'TRUE', '1', 'yes', 'On'])('are on by ENABLE_METRICS=%s', async (text) => {
    vi.stubEnv('ENABLE_METRICS', text);

    expect(await isOn(moduleWith())).toBe(true);
  });

  it.each(['false', '0', 'No', 'off', ''])('are off by ENABLE_METRICS=%s', async (text) => {
    vi.stubEnv('ENABLE_METRICS', text);

    expect(await isOn(moduleWith())).toBe(false);
  });

  it('are off where the option says so, whatever the variable says', async () => {
    vi.stubEnv('ENABLE_METRICS', 'true');

    expect(await isOn(moduleWith(false))).toBe(false);
  });

  it('are neither on nor off by another word: the application does not start', async () => {
    vi.stubEnv('ENABLE_METRICS', 'perhaps');

    expect(await bootError(moduleWith())).toContain('ENABLE_METRICS is "perhaps"');
  });
});

describe.each(PLATFORMS)('GET /metrics on %s', (platform) => {
  it('says that metrics are off, in a comment', async () => {
    const { get } = await boot(moduleWith(), platform);
    const response = await get('/metrics');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toMatch(/^# Metrics are off\.[^\n]*\n$/);
  });

  it('answers in the text format 0.0.4 with metrics on', async () => {
    const { app, get } = await boot(moduleWith(true), platform);
    app.get(MetricsRegistry).counter('orders_total', 'Orders').inc(3);
    const response = await get('/metrics');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('orders_total 3\n');
  });
});
