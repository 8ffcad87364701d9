// One application under load, in a process of its own. Its first argument says which; it tells its port when it listens,
// and answers each message with how often its checks have been executed.
import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import * as terminus from '@nestjs/terminus';
import { HealthCheck, ObservabilityModule } from 'nestjs-observability';

const { platform, contender, checks, work, waitMs, form, cacheMs } = JSON.parse(process.argv[2]);
const names = Array.from({ length: checks }, (_, index) => `check-${index + 1}`);
const done = { executions: 0 };

/** What a check does. */
const WORKS = {
  sync: () => {
    done.executions += 1;
  },
  async: async () => {
    done.executions += 1;
  },
  wait: async () => {
    done.executions += 1;
    await setTimeout(waitMs);
  },
};

/** The ways to write an indicator for Terminus. */
const FORMS = {
  up:
    work === 'sync'
      ? (session, run) => {
          run();
          return session.up();
        }
      : async (session, run) => {
          await run();
          return session.up();
        },
  deadline: (session, run) => session.attempt(run).withTimeout(800),
  cached: (session, run) => session.attempt(run).cacheFor(cacheMs),
};

function oursModule(run) {
  class Checks {}
  for (const name of names) {
    const method = { value: () => run(), configurable: true, writable: true };
    Object.defineProperty(Checks.prototype, name, method);
    HealthCheck(name, { cacheMs })(Checks.prototype, name, method);
  }
  Injectable()(Checks);
  class AppModule {}
  Module({ imports: [ObservabilityModule.forRoot()], providers: [Checks] })(AppModule);
  return AppModule;
}

function terminusModule(run) {
  class HealthController {
    constructor(health, indicators) {
      this.health = health;
      this.indicators = names.map((name) => () => FORMS[form](indicators.check(name), run));
    }

    check() {
      return this.health.check(this.indicators);
    }
  }
  Inject(terminus.HealthCheckService)(HealthController, undefined, 0);
  Inject(terminus.HealthIndicatorService)(HealthController, undefined, 1);
  const method = Object.getOwnPropertyDescriptor(HealthController.prototype, 'check');
  Get()(HealthController.prototype, 'check', method);
  terminus.HealthCheck()(HealthController.prototype, 'check', method);
  Controller('health')(HealthController);
  class AppModule {}
  Module({ imports: [terminus.TerminusModule], controllers: [HealthController] })(AppModule);
  return AppModule;
}

const moduleOf = { ours: oursModule, terminus: terminusModule };
const adapters = { express: ExpressAdapter, fastify: FastifyAdapter };

const app = await NestFactory.create(moduleOf[contender](WORKS[work]), new adapters[platform](), {
  logger: false,
});
await app.listen(0, '127.0.0.1');

process.on('message', () => {
  process.send({ executions: done.executions, nowMs: performance.now() });
});
process.on('disconnect', () => process.exit());
process.send({ port: app.getHttpServer().address().port });
