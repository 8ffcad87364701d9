import { Module } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

const MARK = '# written by another version';

/** What the `prom-client` of this file is like, and how often it has written a metric. */
const client = vi.hoisted(() => ({ writesAlike: false, written: 0 }));

vi.mock('../../../lib/optional-package.js', async () => {
  const { default: promClient } = await import('prom-client');
  // The types of prom-client do not tell of it.
  const Stock = promClient.Registry as unknown as new () => {
    getMetricsAsString(metric: object): Promise<string>;
  };
  /** May write in a way of its own, as a later version may. */
  class Registry extends Stock {
    override async getMetricsAsString(metric: object): Promise<string> {
      client.written += 1;
      const text = await super.getMetricsAsString(metric);
      return client.writesAlike ? text : `${text}\n${MARK}`;
    }
  }
  const loaded = Object.create(promClient, { Registry: { value: Registry } }) as unknown;
  return {
    loadOptionalPackage: (name: string) =>
      Promise.resolve(name === 'prom-client' ? loaded : undefined),
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

/** All samples of what {@link recordAll} has recorded, and what stands before them. */
const WRITTEN = [
  '# HELP orders_total Orders',
  '# TYPE orders_total counter',
  'orders_total{country="a \\"b\\"\\n"} 2',
  '# HELP pool Pool',
  '# TYPE pool gauge',
  'pool -1.5',
  '# HELP latency_seconds Latency',
  '# TYPE latency_seconds histogram',
  'latency_seconds_bucket{le="1",path="/x"} 1',
  'latency_seconds_bucket{le="+Inf",path="/x"} 1',
  'latency_seconds_sum{path="/x"} 0.5',
  'latency_seconds_count{path="/x"} 1',
  '# HELP size_bytes Size',
  '# TYPE size_bytes summary',
  'size_bytes{quantile="0.5",path="/x"} 7',
  'size_bytes_sum{path="/x"} 7',
  'size_bytes_count{path="/x"} 1',
];

function recordAll(metrics: MetricsRegistry): void {
  metrics.counter('orders_total', 'Orders', ['country']).inc({ country: 'a "b"\n' }, 2);
  metrics.gauge('pool', 'Pool').set(-1.5);
  metrics.histogram('latency_seconds', 'Latency', ['path'], [1]).observe({ path: '/x' }, 0.5);
  metrics.summary('size_bytes', 'Size', ['path'], [0.5]).observe({ path: '/x' }, 7);
}

beforeEach(() => {
  client.writesAlike = false;
});

describe.each(PLATFORMS)('A prom-client that writes in another way, on %s', (platform) => {
  it('writes metrics itself, with one warning', async () => {
    const { app, get, log } = await boot(AppModule, platform);
    recordAll(app.get(MetricsRegistry));

    const lines = (await (await get('/metrics')).text()).split('\n');
    await get('/metrics');

    const recorded = lines.filter((line) => /\b(orders|pool|latency|size)(_|\b)/.test(line));
    expect(recorded).toEqual(WRITTEN);
    const metrics = lines.filter((line) => line.startsWith('# TYPE '));
    expect(lines.filter((line) => line === MARK)).toHaveLength(metrics.length);
    expect(metrics.length).toBeGreaterThan(4);
    expect(log.ours('warn').filter((line) => line.includes('prom-client'))).toHaveLength(1);
  });

  it('has a metric brought up to date once for each scrape', async () => {
    const { app, get } = await boot(AppModule, platform);
    app.get(MetricsRegistry).gauge({
      name: 'scrapes',
      help: 'Scrapes',
      collect() {
        this.inc();
      },
    });

    for (const scrape of [1, 2]) {
      expect(await (await get('/metrics')).text()).toContain(`\nscrapes ${scrape}\n`);
    }
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

it.each(PLATFORMS)('A prom-client that writes alike writes nothing, on %s', async (platform) => {
  client.writesAlike = true;
  const { app, get, log } = await boot(AppModule, platform);
  recordAll(app.get(MetricsRegistry));
  client.written = 0;

  const body = await (await get('/metrics')).text();

  expect(body).toContain('\npool -1.5\n');
  expect(client.written).toBe(0);
  expect(log.ours('warn').filter((line) => line.includes('prom-client'))).toEqual([]);
});
