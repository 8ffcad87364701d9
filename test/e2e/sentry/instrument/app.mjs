// A small application as a user has it. Its argument is JSON: the options of the module, and whether it starts the SDK
// itself, for example. On SIGTERM it closes.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule, SentryService } from 'nestjs-observability';

const { options = {}, end, initialises, alive } = JSON.parse(process.argv[2] ?? '{}');
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

if (initialises !== undefined) {
  const { init } = await import('@sentry/nestjs');
  init(initialises);
}

class OrdersController {
  one() {
    return { order: 1 };
  }
}
const handler = Object.getOwnPropertyDescriptor(OrdersController.prototype, 'one');
Get(alive ? 'health/live' : 'orders/:id')(OrdersController.prototype, 'one', handler);
Controller()(OrdersController);

class AppModule {}
Module({ imports: [ObservabilityModule.forRoot(options)], controllers: [OrdersController] })(
  AppModule,
);

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
const sentry = app.get(SentryService);
say({ enabled: sentry.enabled });
say({ url: await app.getUrl() });
say({ eventId: sentry.captureException(new Error('first')) });
if (end === 'close') await app.close();
if (end === 'rejection') void Promise.reject(new Error('nobody handles it'));
