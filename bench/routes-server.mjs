// One application that answers GET /health/live or GET /hello, in a process of its own. Its first argument says which; it
// tells its port when it listens, and answers each message with the CPU time that it has used so far.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule } from 'nestjs-observability';

const { contender, platform } = JSON.parse(process.argv[2]);

const HOST = '127.0.0.1';
const adapters = { express: ExpressAdapter, fastify: FastifyAdapter };

/** What our liveness route says, headers and all. */
const HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': 18,
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

async function bare() {
  const server = createServer((_request, response) => {
    response.writeHead(200, HEADERS);
    response.end('{"status":"alive"}');
  });
  await new Promise((resolve) => {
    server.listen(0, HOST, resolve);
  });
  return server.address().port;
}

/** An ordinary route of an application. */
function controllerOf(path, answer) {
  class PlainController {
    get() {
      return answer;
    }
  }
  const method = Object.getOwnPropertyDescriptor(PlainController.prototype, 'get');
  Get(path)(PlainController.prototype, 'get', method);
  Controller()(PlainController);
  return PlainController;
}

function moduleOf(imports) {
  class AppModule {}
  const controllers = [
    controllerOf('hello', { hello: 'world' }),
    ...(imports.length === 0 ? [controllerOf('health/live', { status: 'alive' })] : []),
  ];
  Module({ imports, controllers })(AppModule);
  return AppModule;
}

async function nest(imports) {
  const app = await NestFactory.create(moduleOf(imports), new adapters[platform](), {
    logger: false,
  });
  await app.listen(0, HOST);
  return app.getHttpServer().address().port;
}

/** The log is the one place that tells the port. */
async function management() {
  const lines = [];
  const log = (line) => lines.push(String(line));
  class AppModule {}
  Module({ imports: [ObservabilityModule.forRoot({ management: { port: 0, host: HOST } })] })(
    AppModule,
  );
  await NestFactory.createApplicationContext(AppModule, {
    logger: { log, warn: log, error: log },
  });
  return Number(/listen on \S+:(\d+)/.exec(lines.join('\n'))[1]);
}

const starts = {
  bare,
  management,
  front: () => nest([ObservabilityModule.forRoot()]),
  controller: () => nest([]),
};

const port = await starts[contender]();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuMs: (user + system) / 1_000 });
});
process.on('disconnect', () => process.exit());
process.send({ port });
