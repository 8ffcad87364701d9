// An application in a process of its own, as a user has it: the built package and plain Node. Its argument says what
// it is like; it tells what happens to it on standard output, line by line, as it happens.
import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Global, Inject, Logger, Module, Query, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  enableGracefulShutdown,
  HealthRegistry,
  MetricsRegistry,
  ObservabilityModule,
  SentryService,
} from 'nestjs-observability';

const {
  platform = 'express',
  stops = ['graceful'],
  options,
  hook,
  check,
  closing,
  listens = true,
  holdsBootstrap = false,
  return503OnClosing = false,
  captures = false,
  logging,
  beside,
} = JSON.parse(process.argv[2]);

/** Written at once: a process that is about to end loses what it has only queued. */
function say(said) {
  writeSync(1, `${JSON.stringify(said)}\n`);
}

const released = new Promise((resolve) => {
  process.on('message', (message) => message === 'release' && resolve());
});
// Listening to the parent is no reason to live; its end is one to die.
process.channel?.unref();
process.on('disconnect', () => process.exit());

let port;

/** What the probe gets; nothing once the server is closed. */
async function readiness() {
  if (port === undefined) return undefined;
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
  return answer?.status;
}

/** Tells of a hook, and of what the readiness probe gets while it runs; then does what it is there for. */
async function enter(name, of) {
  say({ hook: name, of, ready: await readiness() });
  if (hook?.name !== name) return;
  if (hook.does === 'throws') throw new Error('The connection is lost');
  // As a socket does that is never closed.
  setInterval(() => {}, 1_000);
  await new Promise(() => {});
}

class Database {
  #open = true;

  query() {
    if (!this.#open) throw new Error('The database is closed');
    return { done: true };
  }

  async onModuleDestroy() {
    this.#open = false;
    await enter('onModuleDestroy', 'Database');
  }
}

/** In a global module, whose hooks NestJS calls in other places than those of the rest. */
class Everywhere {
  onModuleDestroy() {
    say({ hook: 'onModuleDestroy', of: 'Everywhere' });
  }
}

class Last {
  constructor(sentry) {
    this.sentry = sentry;
  }

  async onApplicationBootstrap() {
    if (!holdsBootstrap) return;
    say({ hook: 'onApplicationBootstrap', of: 'Last' });
    await released;
  }

  async beforeApplicationShutdown() {
    this.capture('before');
    await enter('beforeApplicationShutdown', 'Last');
  }

  async onApplicationShutdown() {
    this.capture('at the end');
    await enter('onApplicationShutdown', 'Last');
  }

  capture(message) {
    if (captures) say({ eventId: this.sentry.captureException(new Error(message)) });
  }
}
Inject(SentryService)(Last, undefined, 0);

class Work {
  constructor(database) {
    this.database = database;
  }

  work() {
    return this.database.query();
  }

  async slow(ms) {
    say({ started: 'slow' });
    await delay(Number(ms));
    say({ finishes: 'slow' });
    return this.database.query();
  }

  /** Its head is sent long before its end. */
  async stream(response) {
    response.hijack?.();
    const raw = response.raw ?? response;
    raw.writeHead(200, { 'Content-Type': 'text/plain' });
    raw.write('first ');
    say({ started: 'stream' });
    await released;
    raw.end('last');
  }

  hangs() {
    say({ started: 'hangs' });
    return new Promise(() => {});
  }
}
Inject(Database)(Work, undefined, 0);
Query('ms')(Work.prototype, 'slow', 0);
Res()(Work.prototype, 'stream', 0);
for (const name of ['work', 'slow', 'stream', 'hangs']) {
  Get(name)(Work.prototype, name, Object.getOwnPropertyDescriptor(Work.prototype, name));
}
Controller()(Work);

class DatabaseModule {}
Module({ providers: [Database], exports: [Database] })(DatabaseModule);
class EverywhereModule {}
Module({ providers: [Everywhere] })(EverywhereModule);
Global()(EverywhereModule);
class AppModule {}
Module({
  imports: [
    DatabaseModule,
    EverywhereModule,
    ObservabilityModule.forRoot({ metrics: { enabled: true } }),
  ],
  controllers: [Work],
  providers: [Last],
})(AppModule);

let isOpen = false;
const LOG_LEVELS = ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'];
const logger = Object.fromEntries(
  LOG_LEVELS.map((level) => [
    level,
    (message, ...rest) => {
      const isOurs = rest.at(-1) === 'Observability';
      if (isOurs || level === 'error') say({ level, message: String(message) });
      if (isOurs && isOpen && logging === 'throws') throw new Error('The disk is full');
    },
  ]),
);

const STOPS = {
  graceful: (app) => enableGracefulShutdown(app, options),
  hooks: (app) => app.enableShutdownHooks(),
};

async function create() {
  if (platform === 'none') return NestFactory.createApplicationContext(AppModule, { logger });
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  return NestFactory.create(AppModule, adapter, { logger, return503OnClosing });
}

async function close() {
  // Less than the module drains by default.
  setTimeout(() => say({ secondsPassed: true }), 3_000).unref();
  say({ closing: true });
  await app.close();
  say({ closed: true });
}

/** Another application of the same process. */
async function openBeside() {
  class BesideModule {}
  Module({ imports: [ObservabilityModule.forRoot()] })(BesideModule);
  const other = await NestFactory.create(BesideModule, { logger });
  if (beside.closing === 'fails') {
    other.getHttpAdapter().close = () => Promise.reject(new Error('The other does not close'));
  }
  enableGracefulShutdown(other, beside.options);
  await other.listen(0, '127.0.0.1');
}

Logger.overrideLogger(logger);
const app = await create();
if (check === 'hangs') {
  const hangs = () => new Promise(() => {});
  app.get(HealthRegistry).registerCheck('hangs', hangs);
}
if (closing === 'fails') {
  app.getHttpAdapter().close = () => Promise.reject(new Error('The server does not close'));
}
app.get(MetricsRegistry).counter('work_total', 'What was done').inc();
for (const stop of stops) STOPS[stop](app);
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => say({ signal }));
process.on('message', (message) => message === 'close' && void close());
process.channel?.unref();

// What an application has open beside its server.
if (!listens || holdsBootstrap) setInterval(() => {}, 1_000);
if (listens) {
  await app.listen(0, '127.0.0.1');
  ({ port } = app.getHttpServer().address());
  // As a library for WebSockets does, of which no framework knows.
  app.getHttpServer().on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
    say({ started: 'upgrade' });
  });
}
if (beside !== undefined) await openBeside();
isOpen = true;
say({ open: true, port, pid: process.pid });
