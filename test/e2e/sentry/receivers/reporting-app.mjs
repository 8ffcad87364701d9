// An application in a process of its own that reports one of each: an error, a message, a check that fails and
// recovers, and a request. Its argument is JSON: the options of `sentry`.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry, ObservabilityModule, SentryService } from 'nestjs-observability';

const sentryOptions = JSON.parse(process.argv[2]);

class OrdersController {
  order() {
    return 'order';
  }
}
const { prototype } = OrdersController;
Get('orders/:id')(prototype, 'order', Object.getOwnPropertyDescriptor(prototype, 'order'));
Controller()(OrdersController);

class AppModule {}
Module({
  imports: [ObservabilityModule.forRoot({ sentry: sentryOptions })],
  controllers: [OrdersController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const sentry = app.get(SentryService);
const health = app.get(HealthRegistry);

const error = sentry.captureException(new Error('an order is lost'));
const message = sentry.captureMessage('an order is late', 'warn');
let status = 'unhealthy';
health.registerCheck('database', () => status);
await health.run();
status = 'healthy';
await health.run();
await (await fetch(`${await app.getUrl()}/orders/5`)).text();
await app.close();
process.stdout.write(JSON.stringify({ error, message }));
