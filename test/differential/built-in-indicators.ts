import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { HealthCheck } from 'nestjs-observability';
import { onTestFinished } from 'vitest';
import type { BootedApp } from '../support/boot.js';
import { bootOurs, bootTerminus, Indicators } from './applications.js';
import { askOurs, askTerminus, type Answer } from './answers.js';
import { situation } from './situation.js';

/** What the shop depends on. */
interface Supplier {
  readonly url: string;
  readonly requests: () => number;
}

async function startSupplier(): Promise<Supplier> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests: () => requests };
}

const HEAP_LIMIT = 2 ** 40;

const SUPPLIER = Symbol('supplier');

@Injectable()
class IndicatorChecks {
  constructor(
    private readonly indicators: Indicators,
    private readonly supplier: Supplier,
  ) {}

  @HealthCheck('http', { cacheMs: 60_000 })
  http() {
    return this.indicators.http.pingCheck('http', this.supplier.url);
  }

  @HealthCheck('memory')
  memory() {
    return this.indicators.memory.checkHeap('memory', HEAP_LIMIT);
  }
}

export const withoutAttempt = situation({
  title:
    'The HTTP indicator of Terminus, cached for a minute where it can be, and its memory indicator, 3 probes',
  say: ({ requests, timed }) =>
    `requests sent: ${requests}; ` +
    (timed.length > 0 ? `times told: ${timed.join(', ')}` : 'no times told'),
  known: {
    terminus: { requests: 3, timed: [] },
    ours: { requests: 1, timed: ['http', 'memory'] },
  },
  terminus: async () => {
    const supplier = await startSupplier();
    const app = await bootTerminus({
      ready: ({ http, memory }) => [
        () => http.pingCheck('http', supplier.url),
        () => memory.checkHeap('memory', HEAP_LIMIT),
      ],
    });
    return factsAfterThree(() => askTerminus(app), 'responseTime', supplier);
  },
  ours: async () => {
    const supplier = await startSupplier();
    const app = await bootOurs(() => {}, {
      providers: [
        { provide: SUPPLIER, useValue: supplier },
        {
          provide: IndicatorChecks,
          inject: [Indicators, SUPPLIER],
          useFactory: (indicators: Indicators, found: Supplier) =>
            new IndicatorChecks(indicators, found),
        },
      ],
    });
    return factsAfterThree(() => askOurs(app), 'latency_ms', supplier);
  },
});

async function factsAfterThree(ask: () => Promise<Answer>, time: string, supplier: Supplier) {
  await ask();
  await ask();
  const answer = await ask();
  const timed = ['http', 'memory'].filter((name) => typeof answer.read(name, time) === 'number');
  return { requests: supplier.requests(), timed };
}

/** A Prisma client of an SQL database, as far as it is asked for its health. */
class SqlClient {
  succeeded = 0;
  failed = 0;

  async $runCommandRaw(): Promise<never> {
    this.failed += 1;
    throw new Error('$runCommandRaw is not supported. Use the mongodb provider');
  }

  async $queryRawUnsafe(): Promise<void> {
    this.succeeded += 1;
  }
}

export const prismaOnSql = situation({
  title:
    'A Prisma client of an SQL database, 3 probes (with Terminus through its Prisma indicator)',
  say: ({ succeeded, failed }) => `calls that succeed: ${succeeded}, calls that fail: ${failed}`,
  known: { terminus: { succeeded: 3, failed: 3 }, ours: { succeeded: 3, failed: 0 } },
  terminus: async () => {
    const client = new SqlClient();
    const app = await bootTerminus({ ready: ({ prisma }) => [prisma.pingCheck('db', client)] });
    return callsOfThree(app, client);
  },
  ours: async () => {
    const client = new SqlClient();
    const app = await bootOurs(() => {});
    app.registry.registerCheck('db', () => client.$queryRawUnsafe());
    return callsOfThree(app, client);
  },
});

/** The other way round: our check with the indicator, and Terminus without it. */
export async function failingPrismaCalls(): Promise<Record<string, number>> {
  const [asked, queried] = [new SqlClient(), new SqlClient()];
  const ours = await bootOurs(() => {});
  const { prisma } = ours.app.get(Indicators);
  ours.registry.registerCheck('db', () => prisma.pingCheck('db', asked));
  const terminus = await bootTerminus({
    ready: ({ own }) => [own.check('db').attempt(() => queried.$queryRawUnsafe())],
  });
  return {
    oursWithIndicator: (await callsOfThree(ours, asked)).failed,
    terminusWithOwnQuery: (await callsOfThree(terminus, queried)).failed,
  };
}

async function callsOfThree(app: BootedApp, client: SqlClient) {
  for (let probe = 0; probe < 3; probe += 1) await app.get('/health/ready');
  const { succeeded, failed } = client;
  return { succeeded, failed };
}
