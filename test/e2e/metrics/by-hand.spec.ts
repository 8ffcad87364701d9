import { Controller, Get, Module } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

function makeMetrics(metrics: MetricsRegistry) {
  const requestCounter = metrics.counter('http_requests_total', 'Total HTTP requests', [
    'method',
    'endpoint',
    'status',
  ]);
  const requestLatency = metrics.histogram(
    'http_request_duration_seconds',
    'HTTP request latency',
    ['endpoint'],
    [0.01, 0.05, 0.1, 0.5, 1.0, 5.0],
  );
  const activeConnections = metrics.gauge('active_connections', 'Number of active connections', [
    'pool',
  ]);
  return { requestCounter, requestLatency, activeConnections };
}

function record({ requestCounter, requestLatency, activeConnections }: Made): void {
  requestCounter.labels({ method: 'GET', endpoint: '/api/products', status: '200' }).inc();
  requestLatency.labels({ endpoint: '/api/products' }).observe(0.045);
  activeConnections.labels({ pool: 'database' }).set(42);
}

type Made = ReturnType<typeof makeMetrics>;

@Controller('api/products')
class MadeWithTheController {
  private readonly made: Made;

  constructor(metrics: MetricsRegistry) {
    this.made = makeMetrics(metrics);
  }

  @Get()
  list(): string[] {
    record(this.made);
    return [];
  }
}

@Controller('api/products')
class MadeInRequests {
  constructor(private readonly metrics: MetricsRegistry) {}

  @Get()
  list(): string[] {
    record(makeMetrics(this.metrics));
    return [];
  }
}

const imports = [ObservabilityModule.forRoot({ metrics: { enabled: true } })];

@Module({ imports, controllers: [MadeWithTheController] })
class EarlyModule {}

@Module({ imports, controllers: [MadeInRequests] })
class LateModule {}

const CASES = PLATFORMS.flatMap((platform) => [
  { platform, when: 'when it is made', module: EarlyModule },
  { platform, when: 'where it needs them', module: LateModule },
]);

describe.each(CASES)(
  'Metrics that a controller makes $when, on $platform',
  ({ module, platform }) => {
    it('are in /metrics with the values of all requests, instead of those of the module', async () => {
      const { get, log } = await boot(module, platform);
      for (let request = 0; request < 2; request += 1) {
        expect((await get('/api/products')).status).toBe(200);
      }
      const lines = (await (await get('/metrics')).text()).split('\n');

      expect(lines).toEqual(
        expect.arrayContaining([
          '# HELP http_requests_total Total HTTP requests',
          '# TYPE http_requests_total counter',
          'http_requests_total{method="GET",endpoint="/api/products",status="200"} 2',
          '# TYPE http_request_duration_seconds histogram',
          'http_request_duration_seconds_bucket{le="0.01",endpoint="/api/products"} 0',
          'http_request_duration_seconds_bucket{le="0.05",endpoint="/api/products"} 2',
          'http_request_duration_seconds_bucket{le="5",endpoint="/api/products"} 2',
          'http_request_duration_seconds_sum{endpoint="/api/products"} 0.09',
          'http_request_duration_seconds_count{endpoint="/api/products"} 2',
          '# TYPE active_connections gauge',
          'active_connections{pool="database"} 42',
        ]),
      );
      expect(lines.filter((line) => line.startsWith('# TYPE http_request'))).toHaveLength(3);
      expect(log.ours('warn').filter((text) => text.includes('stands aside'))).toEqual([
        expect.stringContaining('"http_requests_total"'),
        expect.stringContaining('"http_request_duration_seconds"'),
      ]);
    });
  },
);
