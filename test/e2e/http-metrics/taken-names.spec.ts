import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule, type Counter } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { counts, inFlight, samplesOf } from './reading.js';

@Injectable()
class OwnMetrics {
  readonly requests: Counter<'method' | 'endpoint' | 'status'>;

  constructor(metrics: MetricsRegistry) {
    this.requests = metrics.counter('http_requests_total', 'By hand', [
      'method',
      'endpoint',
      'status',
    ]);
  }
}

@Controller('orders')
class OrdersController {
  constructor(private readonly own: OwnMetrics) {}

  @Get()
  list(): string {
    this.own.requests.inc({ method: 'GET', endpoint: '/by-hand', status: '200' });
    return 'orders';
  }
}

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  controllers: [OrdersController],
  providers: [OwnMetrics],
})
class AppModule {}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a name that the application has taken is its own, and the other two are measured', async () => {
    const { get, log } = await boot(AppModule, platform);
    await get('/orders');
    expect(await counts(get)).toEqual({ 'GET /by-hand 200': 1 });
    expect(await samplesOf(get, 'http_request_duration_seconds_count')).toEqual({
      'GET /orders 200': 1,
    });
    expect(await inFlight(get)).toBe(0);
    expect(log.ours('warn').filter((text) => text.includes('http_request'))).toEqual([
      expect.stringContaining('"http_requests_total"'),
    ]);
  });
});
