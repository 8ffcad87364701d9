// One application that is going to get SIGTERM under load. Its argument says which; it tells its port when it listens.
import 'reflect-metadata';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import * as terminus from '@nestjs/terminus';
import { enableGracefulShutdown, HealthCheck, ObservabilityModule } from 'nestjs-observability';
import { Pool } from './draining-database.mjs';

const { platform, contender, drainMs, databasePort } = JSON.parse(process.argv[2]);

const QUERY_MS = 10;

/** One contender leaves the database open for longer than the hook that is there to close it. */
const CLOSING_HOOK = contender === 'terminus-late' ? 'onApplicationShutdown' : 'onModuleDestroy';

class Database {
  #pool = new Pool(databasePort, 32);

  query() {
    return this.#pool.query(QUERY_MS);
  }

  [CLOSING_HOOK]() {
    return this.#pool.end();
  }
}

/** The application itself: a request makes two queries, one after the other. */
class Work {
  constructor(database) {
    this.database = database;
  }

  async work() {
    await this.database.query();
    await this.database.query();
    return { done: true };
  }
}
Inject(Database)(Work, undefined, 0);
route(Get('work'), Work, 'work');
Controller()(Work);

/** The readiness route as the documentation of Terminus has it. */
class TerminusHealth {
  constructor(health, indicators, database) {
    this.health = health;
    this.database = indicators.check('database').attempt(() => database.query());
  }

  ready() {
    return this.health.check([() => this.database]);
  }
}
Inject(terminus.HealthCheckService)(TerminusHealth, undefined, 0);
Inject(terminus.HealthIndicatorService)(TerminusHealth, undefined, 1);
Inject(Database)(TerminusHealth, undefined, 2);
route(Get('ready'), TerminusHealth, 'ready');
route(terminus.HealthCheck(), TerminusHealth, 'ready');
Controller('health')(TerminusHealth);

function route(decorate, { prototype }, name) {
  decorate(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
}

function terminusModule() {
  class AppModule {}
  Module({
    imports: [
      terminus.TerminusModule.forRoot({ gracefulShutdownTimeoutMs: drainMs, logger: false }),
    ],
    controllers: [Work, TerminusHealth],
    providers: [Database],
  })(AppModule);
  return AppModule;
}

function ourModule() {
  route(HealthCheck('database'), Database, 'query');
  class AppModule {}
  Module({
    imports: [ObservabilityModule.forRoot()],
    controllers: [Work],
    providers: [Database],
  })(AppModule);
  return AppModule;
}

const CONTENDERS = {
  ours: { module: ourModule, prepare: (app) => enableGracefulShutdown(app, { drainMs }) },
  hooks: { module: ourModule, prepare: (app) => app.enableShutdownHooks() },
  terminus: { module: terminusModule, prepare: (app) => app.enableShutdownHooks() },
  'terminus-late': { module: terminusModule, prepare: (app) => app.enableShutdownHooks() },
};

const adapters = { express: ExpressAdapter, fastify: FastifyAdapter };
const { module, prepare } = CONTENDERS[contender];
const app = await NestFactory.create(module(), new adapters[platform](), { logger: false });
prepare(app);
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
