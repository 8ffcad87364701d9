import { Module } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it, vi } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

const MARK = '# written by another version';

vi.mock('../../../lib/optional-package.js', async () => {
  const { default: promClient } = await import('prom-client');
  // The types of prom-client do not tell of it.
  const Stock = promClient.Registry as unknown as new () => {
    getMetricsAsString(metric: object): Promise<string>;
  };
  /** Writes in a way of its own, as a later version may. */
  class Registry extends Stock {
    override async getMetricsAsString(metric: object): Promise<string> {
      return `${await super.getMetricsAsString(metric)}\n${MARK}`;
    }
  }
  const client = Object.create(promClient, { Registry: { value: Registry } }) as unknown;
  return {
    loadOptionalPackage: (name: string) =>
      Promise.resolve(name === 'prom-client' ? client : undefined),
  };
});

@Module({
  imports: [
    ObservabilityModule.forRoot({
      metrics: { enabled: true, http: false, runtime: false },
    }),
  ],
})
class AppModule {}

function recordAll(metrics: MetricsRegistry): void {
  metrics.counter('orders_total', 'Orders', ['country']).inc({ country: 'a "b"\n' }, 2);
  metrics.gauge('pool', 'Pool').set(-1.5);
  metrics.histogram('latency_seconds', 'Latency', ['path'], [1]).observe({ path: '/x' }, 0.5);
  metrics.summary('size_bytes', 'Size', ['path'], [0.5]).observe({ path: '/x' }, 7);
}

describe.each(PLATFORMS)('A prom-client that writes in another way, on %s', (platform) => {
  it('writes metrics itself, with one warning', async () => {
    const { app, get, log } = await boot(AppModule, platform);
    recordAll(app.get(MetricsRegistry));

    const lines = (await (await get('/metrics')).text()).split('\n');
    await get('/metrics');

    expect(lines).toEqual(
      expect.arrayContaining([
        'orders_total{country="a \\"b\\"\\n"} 2',
        'pool -1.5',
        'latency_seconds_bucket{le="1",path="/x"} 1',
        'latency_seconds_count{path="/x"} 1',
        'size_bytes{quantile="0.5",path="/x"} 7',
      ]),
    );
    const metrics = lines.filter((line) => line.startsWith('# TYPE '));
    expect(lines.filter((line) => line === MARK)).toHaveLength(metrics.length);
    expect(metrics.length).toBeGreaterThan(4);
    expect(log.ours('warn').filter((line) => line.includes('prom-client'))).toHaveLength(1);
  });

  it('leaves OpenMetrics to the module', async () => {
    const { app, get } = await boot(AppModule, platform);
    recordAll(app.get(MetricsRegistry));

    const accept = { Accept: 'application/openmetrics-text' };
    const body = await (await get('/metrics', { headers: accept })).text();

    expect(body).toContain('\npool -1.5\n');
    expect(body).not.toContain(MARK);
  });
});
