// Applications that differ in nothing but how they measure GET /items/:id, in one process: what the process does meets all
// of them. The first argument is the platform. It tells the ports when they listen, and answers each message: `cpu` with
// the CPU time used so far, `counts` with how many requests each application says it has had.
import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import promBundle from 'express-prom-bundle';
import client from 'prom-client';
import { finalize } from 'rxjs';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';

const platform = process.argv[2];
const HOST = '127.0.0.1';
const adapters = { express: ExpressAdapter, fastify: FastifyAdapter };

class ItemsController {
  get(id) {
    return { id };
  }
}
Get(':id')(
  ItemsController.prototype,
  'get',
  Object.getOwnPropertyDescriptor(ItemsController.prototype, 'get'),
);
Param('id')(ItemsController.prototype, 'get', 0);
Controller('items')(ItemsController);

const patternOf = (request) =>
  platform === 'express' ? request.route.path : request.routeOptions.url;

/** What most applications have: a counter and a histogram, in a global interceptor. */
function interceptorWith(registry) {
  const configuration = {
    help: 'Requests',
    labelNames: ['method', 'endpoint', 'status'],
    registers: [registry],
  };
  const requests = new client.Counter({ ...configuration, name: 'http_requests_total' });
  const duration = new client.Histogram({
    ...configuration,
    name: 'http_request_duration_seconds',
  });
  return {
    intercept(context, next) {
      const http = context.switchToHttp();
      const request = http.getRequest();
      const end = duration.startTimer();
      return next.handle().pipe(
        finalize(() => {
          const labels = {
            method: request.method,
            endpoint: patternOf(request),
            status: http.getResponse().statusCode,
          };
          requests.inc(labels);
          end(labels);
        }),
      );
    },
  };
}

function bundleWith(promRegistry) {
  return promBundle({
    promRegistry,
    autoregister: false,
    includeMethod: true,
    includePath: true,
    includeUp: false,
    normalizePath: (request) => request.route?.path ?? 'unmatched',
  });
}

async function boot(imports, prepare = () => {}) {
  class AppModule {}
  Module({ imports, controllers: [ItemsController] })(AppModule);
  const app = await NestFactory.create(AppModule, new adapters[platform](), { logger: false });
  prepare(app);
  await app.listen(0, HOST);
  return app;
}

async function withModule(metrics) {
  const app = await boot([
    ObservabilityModule.forRoot({ metrics: { runtime: false, ...metrics } }),
  ]);
  return { app, expose: () => app.get(MetricsRegistry).expose() };
}

async function withClient(prepare) {
  const registry = new client.Registry();
  const app = await boot([], (application) => prepare(application, registry));
  return { app, expose: () => registry.metrics() };
}

const MODES = {
  none: async () => ({ app: await boot([]), expose: async () => '' }),
  ours: () => withModule({ enabled: true }),
  'ours, no HTTP metrics': () => withModule({ enabled: true, http: false }),
  'ours, metrics off': () => withModule({ enabled: false }),
  interceptor: () =>
    withClient((app, registry) => app.useGlobalInterceptors(interceptorWith(registry))),
  ...(platform === 'express' && {
    'express-prom-bundle': () => withClient((app, registry) => app.use(bundleWith(registry))),
  }),
};

const running = {};
for (const [mode, start] of Object.entries(MODES)) running[mode] = await start();

/** Of requests to the one route that there is, by its pattern; `undefined` where nothing counts them. */
function countIn(text) {
  const line = text
    .split('\n')
    .find(
      (each) =>
        each.startsWith('http_request_duration_seconds_count{') && each.includes('="/items/:id"'),
    );
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

const answers = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { cpuUs: user + system };
  },
  counts: async () =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(running).map(async ([mode, { expose }]) => [mode, countIn(await expose())]),
      ),
    ),
};

async function answer(question) {
  process.send(await answers[question]());
}

process.on('message', (question) => void answer(question));
process.on('disconnect', () => process.exit());
process.send(
  Object.fromEntries(
    Object.entries(running).map(([mode, { app }]) => [mode, app.getHttpServer().address().port]),
  ),
);
