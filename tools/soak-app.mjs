// The application that tools/soak.mjs loads and questions, in a process of its own.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { degraded, HealthRegistry, ObservabilityModule, unhealthy } from 'nestjs-observability';

const wait = (ms) => delay(ms, undefined, { ref: false });

const healthyInTurns = () => Date.now() % 4_000 < 2_000;

/** By name: the check, its options, and how many milliseconds lie between two of its runs at least. */
const CHECKS = {
  quick: [() => {}, {}, 0],
  throwing: [() => Promise.reject(new Error('connect ECONNREFUSED')), { probes: [] }, 0],
  detailed: [() => degraded('few left', { free: 1, waiting: Array(20).fill('job') }), {}, 0],
  slow: [() => wait(20), {}, 19],
  listening: [({ signal }) => (signal.addEventListener('abort', () => {}), wait(20)), {}, 19],
  cached: [() => {}, { cacheMs: 1_000 }, 1_000],
  flapping: [() => (healthyInTurns() ? undefined : unhealthy()), { cacheMs: 500 }, 50],
  late: [() => wait(3_000), { timeoutMs: 100, probes: [] }, 2_999],
  never: [() => new Promise(() => {}), { timeoutMs: 100, probes: [] }, Infinity],
  interval: [() => wait(10), { intervalMs: 200 }, 190],
  lateInterval: [() => wait(2_000), { timeoutMs: 100, intervalMs: 300, probes: [] }, 1_999],
};

const runs = new Map();
const startedMs = performance.now();

function registerChecks(registry) {
  for (const [name, [check, options]] of Object.entries(CHECKS)) {
    const counted = (context) => {
      runs.set(name, (runs.get(name) ?? 0) + 1);
      return check(context);
    };
    registry.registerCheck(name, counted, options);
  }
}

async function adapterOf(platform) {
  if (platform === 'express') {
    return new (await import('@nestjs/platform-express')).ExpressAdapter();
  }
  return new (await import('@nestjs/platform-fastify')).FastifyAdapter();
}

/** The first run of a check does not wait for anything, and a background run may overlap the end of the time. */
function runTooOften() {
  const elapsedMs = performance.now() - startedMs;
  return Object.entries(CHECKS)
    .filter(([name, [, , apartMs]]) => (runs.get(name) ?? 0) > elapsedMs / apartMs + 1)
    .map(([name]) => name);
}

function listenersOf(emitter) {
  return emitter.eventNames().reduce((sum, event) => sum + emitter.listenerCount(event), 0);
}

function sample(server) {
  globalThis.gc();
  const resources = process.getActiveResourcesInfo();
  const timers = resources.filter((resource) => resource === 'Timeout').length;
  const { heapUsed, rss } = process.memoryUsage();
  return {
    heapUsed,
    rss,
    handles: resources.length - timers,
    timers,
    listeners: listenersOf(process) + listenersOf(server),
    runs: [...runs.values()].reduce((sum, count) => sum + count, 0),
    runTooOften: runTooOften(),
  };
}

const adapter = await adapterOf(process.argv[2]);
const app = await NestFactory.create(ObservabilityModule.forRoot(), adapter, { logger: false });
registerChecks(app.get(HealthRegistry));
await app.listen(0, '127.0.0.1');
const server = app.getHttpServer();

const answer = () => process.send(sample(server));
process.on('message', answer);
process.send({ url: `http://127.0.0.1:${server.address().port}` });
await once(process, 'SIGTERM');
await app.close();
process.off('message', answer);
process.disconnect();
