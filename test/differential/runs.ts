import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { HealthRegistry, type HealthCheckResult } from 'nestjs-observability';
import type { BootedApp } from '../support/boot.js';
import { Gate } from '../support/gate.js';
import { bootOurs, bootTerminus, Indicators } from './applications.js';
import { askOurs, askTerminus, countArrivals } from './answers.js';
import { situation } from './situation.js';

export const sameKey = situation({
  title: 'Two cached checks look at two databases, both under the key `db` of Terminus',
  say: ({ first, second }) =>
    first === second
      ? `both show the data of the ${first}`
      : `the first shows the data of the ${first}, the second that of the ${second}`,
  known: {
    terminus: { first: 'primary', second: 'primary' },
    ours: { first: 'primary', second: 'replica' },
  },
  terminus: async () => {
    const app = await bootTerminus({
      ready: ({ own }) => [own.check('db').attempt(askPrimary).cacheFor(60_000)],
      live: ({ own }) => [own.check('db').attempt(askReplica).cacheFor(60_000)],
    });
    const ready = await askTerminus(app, '/health/ready');
    const live = await askTerminus(app, '/health/live');
    return {
      first: String(ready.read('db', 'database')),
      second: String(live.read('db', 'database')),
    };
  },
  ours: async () => {
    const app = await bootOurs(() => {});
    const { own } = app.app.get(Indicators);
    const options = { cacheMs: 60_000 };
    app.registry.registerCheck('primary', () => own.check('db').attempt(askPrimary), options);
    app.registry.registerCheck('replica', () => own.check('db').attempt(askReplica), options);
    const answer = await askOurs(app);
    return {
      first: String(answer.read('primary', 'database')),
      second: String(answer.read('replica', 'database')),
    };
  },
});

const askPrimary = () => ({ database: 'primary' });
const askReplica = () => ({ database: 'replica' });

/** A check that takes until its gate opens, and counts its runs. */
class SlowCheck {
  readonly gate = new Gate();
  runs = 0;

  readonly run = async (): Promise<void> => {
    this.runs += 1;
    await this.gate.opened;
  };
}

const CACHE_MS = 20;

export const longerThanCached = situation({
  title: 'A check takes longer than its result is cached, 5 probes meanwhile',
  say: ({ runs }) => `runs at once: ${runs}`,
  known: { terminus: { runs: 5 }, ours: { runs: 1 } },
  terminus: async () => {
    const slow = new SlowCheck();
    const app = await bootTerminus({
      ready: ({ own }) => [own.check('db').attempt(slow.run).cacheFor(CACHE_MS)],
    });
    return probeFiveTimes(app, slow);
  },
  ours: async () => {
    const slow = new SlowCheck();
    const app = await bootOurs((registry) => {
      registry.registerCheck('db', slow.run, { cacheMs: CACHE_MS, timeoutMs: 60_000 });
    });
    return probeFiveTimes(app, slow);
  },
});

async function probeFiveTimes(app: BootedApp, slow: SlowCheck): Promise<{ runs: number }> {
  const arrived = countArrivals(app);
  const probes: Promise<Response>[] = [];
  for (let count = 1; count <= 5; count += 1) {
    probes.push(app.get('/health/ready'));
    await arrived(count);
    await delay(3 * CACHE_MS);
  }
  const { runs } = slow;
  slow.gate.open();
  await Promise.all(probes);
  return { runs };
}

export const manyAtOnce = situation({
  title: '50 requests at the same time, nothing cached',
  say: ({ runs }) => `runs: ${runs}`,
  known: { terminus: { runs: 50 }, ours: { runs: 1 } },
  terminus: async () => {
    const slow = new SlowCheck();
    const app = await bootTerminus({ ready: ({ own }) => [own.check('db').attempt(slow.run)] });
    return probeFiftyTimes(app, slow);
  },
  ours: async () => {
    const slow = new SlowCheck();
    const app = await bootOurs((registry) => {
      registry.registerCheck('db', slow.run, { timeoutMs: 60_000 });
    });
    return probeFiftyTimes(app, slow);
  },
});

async function probeFiftyTimes(app: BootedApp, slow: SlowCheck): Promise<{ runs: number }> {
  const arrived = countArrivals(app);
  const probes = Array.from({ length: 50 }, () => app.get('/health/ready'));
  await arrived(50);
  slow.gate.open();
  await Promise.all(probes);
  return { runs: slow.runs };
}

/** Fails until it is mended. */
class Blip {
  over = false;

  readonly check = (): void => {
    if (!this.over) throw new Error('connection reset');
  };
}

export const blip = situation({
  title: 'A result is cached for 2 s; a check fails, and is asked again 300 ms after it is well',
  say: ({ before, after }) => `${before}, then ${after}`,
  known: {
    terminus: { before: 'down', after: 'down' },
    ours: { before: 'unhealthy', after: 'healthy' },
  },
  terminus: async () => {
    const trouble = new Blip();
    const app = await bootTerminus({
      ready: ({ own }) => [own.check('db').attempt(trouble.check).cacheFor(2_000)],
    });
    return beforeAndAfter(async () => (await askTerminus(app)).statusOf('db'), trouble);
  },
  ours: async () => {
    const trouble = new Blip();
    const app = await bootOurs((registry) => {
      registry.registerCheck('db', trouble.check, { cacheMs: 2_000 });
    });
    return beforeAndAfter(async () => (await askOurs(app)).statusOf('db'), trouble);
  },
});

async function beforeAndAfter(ask: () => Promise<string>, trouble: Blip) {
  const before = await ask();
  trouble.over = true;
  await delay(300);
  return { before, after: await ask() };
}

@Controller('twice')
class TwiceController {
  constructor(private readonly registry: HealthRegistry) {}

  @Get()
  async read(): Promise<HealthCheckResult> {
    const asked = this.registry.runCheck('db');
    await asked;
    return asked;
  }
}

export const awaitedTwice = situation({
  title: 'What asking a check has returned is awaited twice',
  say: ({ runs }) => `runs: ${runs}`,
  known: { terminus: { runs: 2 }, ours: { runs: 1 } },
  terminus: async () => {
    let runs = 0;
    const app = await bootTerminus({
      ready: ({ own }) => [
        async () => {
          const asked = own.check('db').attempt(() => void (runs += 1));
          await asked;
          return asked;
        },
      ],
    });
    await app.get('/health/ready');
    return { runs };
  },
  ours: async () => {
    let runs = 0;
    const app = await bootOurs(() => {}, { controllers: [TwiceController] });
    app.registry.registerCheck('db', () => void (runs += 1));
    await app.get('/twice');
    return { runs };
  },
});
