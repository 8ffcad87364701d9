import { Controller, Get, Module } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

@Controller('api/products')
class ProductsController {
  constructor(private readonly metrics: MetricsRegistry) {}

  @Get()
  list(): string[] {
    const requestCounter = this.metrics.counter('http_requests_total', 'Total HTTP requests', [
      'method',
      'endpoint',
      'status',
    ]);
    requestCounter.labels({ method: 'GET', endpoint: '/api/products', status: '200' }).inc();

    const requestLatency = this.metrics.histogram(
      'http_request_duration_seconds',
      'HTTP request latency',
      ['endpoint'],
      [0.01, 0.05, 0.1, 0.5, 1.0, 5.0],
    );
    requestLatency.labels({ endpoint: '/api/products' }).observe(0.045);

    const activeConnections = this.metrics.gauge(
      'active_connections',
      'Number of active connections',
      ['pool'],
    );
    activeConnections.labels({ pool: 'database' }).set(42);
    return [];
  }
}

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  controllers: [ProductsController],
})
class AppModule {}

describe.each(PLATFORMS)(
  'Metrics that a controller makes where it needs them, on %s',
  (platform) => {
    it('are in /metrics with the values of all requests', async () => {
      const { get } = await boot(AppModule, platform);
      await get('/api/products');
      await get('/api/products');
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
    });
  },
);
