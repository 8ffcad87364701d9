// One application with Sentry or without, in a process of its own. Its first argument says which; it tells when it listens
// how long that took and how much memory, and answers each message with the CPU time that it has used so far.
import 'reflect-metadata';
import { Controller, Get, Module, NotFoundException } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const { wiring, platform } = JSON.parse(process.argv[2]);

const adapters = { express: ExpressAdapter, fastify: FastifyAdapter };

/** What each wiring adds to an application. */
const WIRINGS = {
  async none() {
    return {};
  },
  async ours() {
    const { ObservabilityModule } = await import('nestjs-observability');
    return { imports: [ObservabilityModule.forRoot()] };
  },
  async official() {
    const { SentryModule, SentryGlobalFilter } = await import('@sentry/nestjs/setup');
    return {
      imports: [SentryModule.forRoot()],
      providers: [{ provide: APP_FILTER, useClass: SentryGlobalFilter }],
    };
  },
};

const ANSWERS = {
  hello: () => ({ hello: 'world' }),
  missing: () => {
    throw new NotFoundException();
  },
  fail: () => {
    throw new Error('The order is lost');
  },
};

class BenchController {}
for (const [path, answer] of Object.entries(ANSWERS)) {
  const method = { value: answer, writable: true, configurable: true };
  Object.defineProperty(BenchController.prototype, path, method);
  Get(path)(BenchController.prototype, path, method);
}
Controller()(BenchController);

class AppModule {}
Module({ controllers: [BenchController], ...(await WIRINGS[wiring]()) })(AppModule);

const app = await NestFactory.create(AppModule, new adapters[platform](), { logger: false });
await app.listen(0, '127.0.0.1');
const startMs = performance.now();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuMs: (user + system) / 1_000 });
});
process.on('disconnect', () => process.exit());
process.send({
  port: app.getHttpServer().address().port,
  startMs,
  megabytes: process.memoryUsage.rss() / 2 ** 20,
});
