import { Controller, Get, Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

@Controller('orders')
class OrdersController {
  @Get(':id')
  one(): string {
    return 'one';
  }
}

function app(metrics: ObservabilityModuleOptions['metrics'], pipeline: 'front' | 'nest' = 'front') {
  @Module({
    imports: [ObservabilityModule.forRoot({ metrics, pipeline })],
    controllers: [OrdersController],
  })
  class AppModule {}
  return AppModule;
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it.each([
    ['metrics are off', { enabled: false }],
    ['metrics of HTTP are', { enabled: true, http: false }],
  ])('with nothing of HTTP in the exposition where %s', async (_title, metrics) => {
    const { get } = await boot(app(metrics), platform);
    expect(await (await get('/orders/1')).text()).toBe('one');
    expect(await (await get('/metrics')).text()).not.toContain('http_request');
  });

  it('and all three where nothing is said', async () => {
    const { get } = await boot(app({ enabled: true, http: true }), platform);
    const exposition = await (await get('/metrics')).text();
    expect(exposition.match(/^# TYPE http_\w+ \w+$/gm)?.toSorted()).toEqual([
      '# TYPE http_request_duration_seconds histogram',
      '# TYPE http_requests_in_flight gauge',
      '# TYPE http_requests_total counter',
    ]);
  });
});

it('Fastify gets no hook for what is not measured where the routes are a controller', async () => {
  const hooksOf = async (metrics: ObservabilityModuleOptions['metrics']): Promise<number> => {
    const adapter = new FastifyAdapter();
    const addHook = vi.spyOn(adapter.getInstance(), 'addHook');
    const host = await NestFactory.create(app(metrics, 'nest'), adapter, { logger: false });
    onTestFinished(() => host.close());
    await host.init();
    return addHook.mock.calls.filter(([name]) => (name as string) === 'onRequest').length;
  };
  const without = await hooksOf({ enabled: true, http: false });
  expect(await hooksOf({ enabled: false })).toBe(without);
  expect(await hooksOf({ enabled: true })).toBe(without + 1);
});
