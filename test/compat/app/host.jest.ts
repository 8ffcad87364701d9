// A host's own test, as Jest runs it: turned into CommonJS, the package too.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  HealthCheck,
  healthy,
  MetricsRegistry,
  ObservabilityModule,
  SentryService,
} from 'nestjs-observability';

declare function test(title: string, body: () => Promise<void>): void;

@Module({
  imports: [
    ObservabilityModule.forRoot({
      metrics: { enabled: true },
      sentry: { dsn: 'http://public@127.0.0.1:9/1' },
    }),
  ],
})
class AppModule {
  @HealthCheck('app')
  check() {
    return healthy();
  }
}

test('the module finds prom-client, and warns that the Sentry SDK is not there', async () => {
  const warnings: string[] = [];
  Logger.overrideLogger({ log() {}, error() {}, warn: (text: string) => warnings.push(text) });
  const app = await NestFactory.create(AppModule);
  await app.listen(0, '127.0.0.1');
  try {
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const metrics = app.get(MetricsRegistry);
    metrics.counter('orders_total', 'Orders placed').inc();
    const ask = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);

    assert.equal(await (await ask('/health/live')).text(), '{"status":"alive"}');
    const report = (await (await ask('/health')).json()) as { checks: { name: string }[] };
    assert.equal(report.checks.map(({ name }) => name).join(), 'module:app');
    assert.equal(metrics.enabled, true);
    assert.match(await (await ask('/metrics')).text(), /^orders_total 1$/m);
    assert.equal(app.get(SentryService).enabled, false);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /@sentry\/nestjs is not installed/);
  } finally {
    await app.close();
  }
});
