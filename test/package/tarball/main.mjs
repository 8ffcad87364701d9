// An application in plain JavaScript: the decorators are called by hand.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  HealthCheck,
  MetricsRegistry,
  ObservabilityModule,
  SentryService,
} from 'nestjs-observability';

class AppModule {
  check() {
    return 'healthy';
  }
}
HealthCheck()(
  AppModule.prototype,
  'check',
  Object.getOwnPropertyDescriptor(AppModule.prototype, 'check'),
);
Module({
  imports: [
    ObservabilityModule.forRoot({
      metrics: { enabled: true },
      sentry: { dsn: 'http://public@127.0.0.1:9/1' },
    }),
  ],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');

const metrics = app.get(MetricsRegistry);
metrics.counter('orders_total', 'Orders placed').inc();
const enabled = { metrics: metrics.enabled, sentry: app.get(SentryService).enabled };
process.stdout.write(`enabled ${JSON.stringify(enabled)}\nlistening on ${await app.getUrl()}\n`);
