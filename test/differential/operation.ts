import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { healthy, unhealthy } from 'nestjs-observability';
import type { BootedApp } from '../support/boot.js';
import { Gate } from '../support/gate.js';
import { bootOurs, bootTerminus } from './applications.js';
import { situation } from './situation.js';

/** Something that is down until it is up. */
class Database {
  up = false;
}

export const logNoise = situation({
  title: 'A check fails for 100 probes, and then recovers',
  say: ({ failing, recovering }) =>
    `lines in the log: ${failing} while it fails, ${recovering} when it recovers`,
  known: {
    terminus: { failing: 100, recovering: 0 },
    ours: { failing: 1, recovering: 1 },
  },
  terminus: async () => {
    const database = new Database();
    const app = await bootTerminus({
      ready: ({ own }) => [() => (database.up ? own.check('db').up() : own.check('db').down())],
    });
    return linesOf(app, database);
  },
  ours: async () => {
    const database = new Database();
    const app = await bootOurs((registry) => {
      registry.registerCheck('db', () => (database.up ? healthy() : unhealthy()));
    });
    return linesOf(app, database);
  },
});

async function linesOf(app: BootedApp, database: Database) {
  const lines = (): number =>
    app.log.lines.filter(({ message }) => message.includes('"db"')).length;
  for (let probe = 0; probe < 100; probe += 1) await app.get('/health/ready');
  const failing = lines();
  database.up = true;
  await app.get('/health/ready');
  return { failing, recovering: lines() - failing };
}

/** A provider that takes its time to shut down, twice. */
class SlowShutdown implements OnModuleDestroy, BeforeApplicationShutdown {
  readonly destroying = new Gate();
  readonly mayGoOn = new Gate();
  readonly draining = new Gate();
  readonly mayEnd = new Gate();

  async onModuleDestroy(): Promise<void> {
    this.destroying.open();
    await this.mayGoOn.opened;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.draining.open();
    await this.mayEnd.opened;
  }

  /** Global modules are the last whose hooks are called: whoever else reacts to the shutdown has done so by then. */
  inModule(): DynamicModule {
    return {
      module: SlowShutdownModule,
      global: true,
      providers: [{ provide: SlowShutdown, useValue: this }],
    };
  }
}

@Module({})
class SlowShutdownModule {}

interface Probes {
  readonly ready: number;
  readonly live: number;
}

export const shutdown = situation({
  title: 'The application shuts down while its load balancer still sends requests',
  say: ({ destroying, draining }) =>
    `during \`onModuleDestroy\`: readiness ${destroying.ready}, liveness ${destroying.live}; ` +
    `during \`beforeApplicationShutdown\`: readiness ${draining.ready}, liveness ${draining.live}`,
  known: {
    terminus: { destroying: { ready: 200, live: 200 }, draining: { ready: 503, live: 503 } },
    ours: { destroying: { ready: 503, live: 200 }, draining: { ready: 503, live: 200 } },
  },
  terminus: async () => {
    const slow = new SlowShutdown();
    const app = await bootTerminus({ ready: () => [] }, { imports: [slow.inModule()] });
    return probesDuringShutdown(app, slow);
  },
  ours: async () => {
    const slow = new SlowShutdown();
    const app = await bootOurs(() => {}, { imports: [slow.inModule()] });
    return probesDuringShutdown(app, slow);
  },
});

async function probesDuringShutdown(app: BootedApp, slow: SlowShutdown) {
  const probe = async (): Promise<Probes> => ({
    ready: (await app.get('/health/ready')).status,
    live: (await app.get('/health/live')).status,
  });
  const closed = app.app.close();
  await slow.destroying.opened;
  const destroying = await probe();
  slow.mayGoOn.open();
  await slow.draining.opened;
  const draining = await probe();
  slow.mayEnd.open();
  await closed;
  return { destroying, draining };
}

export const beyondAsking = situation({
  title:
    'What the services offer beside a run of everything: last results without a run, one check by its name, history, ' +
    'listeners of changes, checks that come and go at run time',
  say: ({ offered, methods }) =>
    offered.length > 0 ? offered.join(', ') : `nothing; the methods are ${methods.join(', ')}`,
  known: {
    terminus: {
      offered: [],
      methods: ['HealthCheckService.check', 'HealthIndicatorService.check'],
    },
    ours: {
      offered: ['last results', 'by name', 'history', 'listeners', 'come and go'],
      methods: [],
    },
  },
  terminus: async () => {
    const app = await bootTerminus({ ready: () => [] });
    const methods = [HealthCheckService, HealthIndicatorService].flatMap((service) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(app.app.get(service)))
        .filter((name) => name !== 'constructor')
        .map((name) => `${service.name}.${name}`),
    );
    return { offered: methods.filter((name) => !name.endsWith('.check')), methods };
  },
  ours: async () => {
    const database = new Database();
    const told: string[] = [];
    let runs = 0;
    const { registry, get } = await bootOurs(() => {});
    registry.onTransition(({ name, to }) => told.push(`${name} ${to}`));
    const names = async (): Promise<string[]> => {
      const { checks } = (await (await get('/health')).json()) as { checks: { name: string }[] };
      return checks.map(({ name }) => name);
    };
    const remove = registry.registerCheck('db', () => {
      runs += 1;
      return database.up ? healthy() : unhealthy();
    });
    const before = await names();
    database.up = true;
    const byName = await registry.runCheck('db');
    const runsBefore = runs;
    const last = registry.report().checks.map(({ status }) => status);
    const history = registry.history('db').results.map(({ status }) => status);
    remove();
    const after = await names();

    const shown = {
      'last results': last.join() === 'healthy' && runs === runsBefore,
      'by name': byName.status === 'healthy',
      history: history.join() === 'unhealthy,healthy',
      listeners: told.join() === 'db unhealthy,db healthy',
      'come and go': before.join() === 'db' && after.length === 0,
    };
    const offered = Object.entries(shown).flatMap(([name, works]) => (works ? [name] : []));
    return { offered, methods: [] as string[] };
  },
});
