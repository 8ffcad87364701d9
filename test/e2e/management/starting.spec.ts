import type { DynamicModule, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';
import { MemoryLog } from '../../support/log.js';
import {
  bootManaged,
  KINDS,
  managed,
  MANAGEMENT,
  reach,
  urlIn,
  type Kind,
  type ManagedApp,
} from './managed.js';

const HOOKS = ['onModuleInit', 'onApplicationBootstrap'] as const;

interface Starting extends Omit<ManagedApp, 'app'> {
  /** Lets the provider that holds up the others go on. */
  readonly release: () => void;
  readonly started: Promise<unknown>;
  /** How often its checks have been run. */
  readonly runs: () => number;
}

/** Starts an application, one of whose providers holds up the others until it is let. */
async function start(
  kind: Kind,
  hook: (typeof HOOKS)[number],
  moduleOf: (providers: Provider[]) => DynamicModule = (providers) => managed({}, providers),
): Promise<Starting> {
  const [reached, released] = [new Gate(), new Gate()];
  let runs = 0;
  class Slow {
    constructor(registry: HealthRegistry) {
      const check = (): void => void (runs += 1);
      registry.registerCheck('slow', check, { probes: ['liveness', 'readiness'] });
      registry.registerCheck('in-background', check, { intervalMs: 20, timeoutMs: 2_000 });
    }

    async [hook](): Promise<void> {
      reached.open();
      await released.opened;
    }
  }
  const slow = {
    provide: Slow,
    useFactory: (r: HealthRegistry) => new Slow(r),
    inject: [HealthRegistry],
  };
  const log = new MemoryLog();
  const settings = { logger: log, abortOnError: false };
  const module = moduleOf([slow]);
  const started = run(kind, module, settings);
  onTestFinished(async () => {
    released.open();
    await (await started).close();
  });
  await Promise.race([reached.opened, started]);
  return { log, ...reach(urlIn(log)), release: () => released.open(), started, runs: () => runs };
}

async function run(kind: Kind, module: DynamicModule, settings: object) {
  if (kind === 'context') return NestFactory.createApplicationContext(module, settings);
  const adapter = kind === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  return (await NestFactory.create(module, adapter, settings)).init();
}

/** What the five routes say, in short. */
async function told({ get }: Starting): Promise<unknown> {
  const [live, ready, health, page, metrics, tools] = await Promise.all([
    get('/health/live'),
    get('/health/ready'),
    get('/health'),
    get('/health', { headers: { accept: 'text/html' } }),
    get('/metrics'),
    get('/health/tools'),
  ]);
  return {
    live: [live.status, await live.text()],
    ready: [ready.status, await ready.text()],
    health: ((await health.json()) as { status: string }).status,
    page: /data-status="(\w+)"/.exec(await page.text())?.[1],
    others: [metrics.status, tools.status],
  };
}

const NOTHING_KNOWN = {
  live: [200, '{"status":"alive"}'],
  ready: [503, '{"status":"not_ready","health":"unhealthy"}'],
  health: 'unhealthy',
  page: 'unhealthy',
  others: [200, 200],
};

const UP = {
  live: [200, '{"status":"alive"}'],
  ready: [200, '{"status":"ready","health":"healthy"}'],
  health: 'healthy',
  page: 'healthy',
  others: [200, 200],
};

describe.each(KINDS)('while an application of kind %s comes up', (kind) => {
  it.each(HOOKS)(
    'and waits in %s, it is alive and not ready, and no check is run',
    async (hook) => {
      const app = await start(kind, hook);
      expect(await told(app)).toEqual(NOTHING_KNOWN);
      await settle();
      expect(app.runs()).toBe(0);

      app.release();
      await app.started;
      expect(await told(app)).toEqual(UP);
      expect(app.runs()).toBeGreaterThan(0);
    },
  );

  it.each([true, false])(
    'in a module of its own, with isGlobal %s, it is alive and not ready',
    async (isGlobal) => {
      const observability = ObservabilityModule.forRoot({ management: MANAGEMENT, isGlobal });
      const app = await start(kind, 'onModuleInit', (providers) => ({
        module: class AppModule {},
        imports: [
          { module: class SlowModule {}, imports: [observability], providers },
          observability,
        ],
      }));
      expect(await told(app)).toEqual(NOTHING_KNOWN);
      app.release();
      await app.started;
      expect(await told(app)).toEqual(UP);
    },
  );

  it('and waits in a global module that is imported first, it is alive and not ready', async () => {
    const app = await start(kind, 'onModuleInit', (providers) => ({
      module: class AppModule {},
      imports: [
        { module: class SlowModule {}, providers, global: true },
        ObservabilityModule.forRoot({ management: MANAGEMENT }),
      ],
    }));
    expect(await told(app)).toEqual(NOTHING_KNOWN);
  });
});

it('A check that hangs holds up readiness only until its deadline', async () => {
  const gate = new Gate();
  const { app, get } = await bootManaged(managed(), 'context');
  app.get(HealthRegistry).registerCheck('hangs', () => gate.opened, { timeoutMs: 50 });
  expect((await get('/health/live')).status).toBe(200);
  expect((await get('/health/ready')).status).toBe(503);
  gate.open();
  await expect.poll(async () => (await get('/health/ready')).status).toBe(200);
});

it('Readiness waits for the first run of the checks once the application has come up', async () => {
  const gate = new Gate();
  const provider = {
    provide: 'slow',
    useFactory: (registry: HealthRegistry) =>
      registry.registerCheck('slow', () => gate.opened, { timeoutMs: 60_000 }),
    inject: [HealthRegistry],
  };
  const { get } = await bootManaged(managed({}, [provider]), 'context');
  let answered = false;
  const ready = get('/health/ready').then((answer) => {
    answered = true;
    return answer;
  });
  expect((await get('/health/live')).status).toBe(200);
  await settle();
  expect(answered).toBe(false);
  gate.open();
  expect((await ready).status).toBe(200);
});
