import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';

const ON: ObservabilityModuleOptions = { metrics: { enabled: true } };
const LOCAL = { host: '127.0.0.1' };

interface Situation {
  readonly options?: ObservabilityModuleOptions;
  /** Whether it is more than an application context. */
  readonly http?: boolean;
  /** What a worker finds in its environment beside that of the primary. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A process, or a worker, that has come up or has failed to. */
interface Started {
  readonly said: string;
  readonly pid: number;
  readonly port: number;
  /** Of the management routes. */
  readonly url: string;
}

interface Program {
  readonly child: ChildProcess;
  /** What is said from now on until it is open, or has failed. */
  readonly next: () => Promise<Started>;
}

function run(program: string, ...args: string[]): Program {
  const child = fork(join(import.meta.dirname, program), args, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'] },
    execArgv: [],
  });
  const end = once(child, 'exit');
  onTestFinished(async () => {
    child.disconnect();
    await end;
  });
  let said = '';
  child.stdout?.on('data', (data: Buffer) => {
    said += String(data);
  });
  const next = async (): Promise<Started> => {
    while (!/^(open|failed).*\n/m.test(said)) await once(child.stdout ?? child, 'data');
    const all = said;
    said = '';
    return {
      said: all,
      pid: Number(/^open: (\d+)$/m.exec(all)?.[1]),
      port: Number(/^listens on (\d+)$/m.exec(all)?.[1]),
      url: /The management routes listen on (\S+)/.exec(all)?.[1] ?? '',
    };
  };
  return { child, next };
}

function alone({ options = ON, ...rest }: Situation): Promise<Started> {
  return run('app.mjs', JSON.stringify({ options, ...rest })).next();
}

/** Starts a primary. @returns what starts one worker more. */
function cluster(): (situation: Situation) => Promise<Started> {
  const { child, next } = run('primary.mjs');
  return ({ options = ON, ...rest }) => {
    child.send({ options, ...rest });
    return next();
  };
}

/** Who answers a scrape on a new connection. */
async function answerer(url: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
  return Number(/^process_id (\d+)$/m.exec(await response.text())?.[1]);
}

async function answerers(url: string): Promise<number[]> {
  const all: number[] = [];
  for (let scrape = 0; scrape < 8; scrape += 1) all.push(await answerer(url));
  return [...new Set(all)].toSorted((a, b) => a - b);
}

function inOrder(...workers: Started[]): number[] {
  return workers.map(({ pid }) => pid).toSorted((a, b) => a - b);
}

describe('a worker of a cluster whose /metrics is on the shared port', () => {
  it('warns once, says what is the matter, and names both ways out', async () => {
    const start = cluster();
    const { said } = await start({});
    const warnings = said.split('\n').filter((line) => line.includes('cluster'));
    expect(warnings).toEqual([
      'This is worker 1 of a Node.js cluster, and GET /metrics is on the port that its workers share. Each scrape is ' +
        'answered by any of them, with its own numbers: counters jump back and forth, and rates are wrong. Give each ' +
        'worker a port of its own, as in management: { port: 9100 + cluster.worker.id }, or run one process per container',
    ]);
  });

  it('is right: scrapes are answered by one worker and by another', async () => {
    const start = cluster();
    const one = await start({});
    const two = await start({});
    expect(two.port).toBe(one.port);
    expect(await answerers(`http://127.0.0.1:${one.port}`)).toEqual(inOrder(one, two));
  });

  it('is told how PM2 numbers its instances', async () => {
    const start = cluster();
    const { said } = await start({ environment: { NODE_APP_INSTANCE: '3' } });
    expect(said).toContain('management: { port: 9100 + Number(process.env.NODE_APP_INSTANCE) }');
  });

  it('is told where its metrics are', async () => {
    const start = cluster();
    const { said } = await start({ options: { ...ON, routes: { metrics: '/stats' } } });
    expect(said).toContain('GET /stats is on the port');
  });
});

describe('nothing is warned of', () => {
  it('in a process that is no worker', async () => {
    const { said, pid } = await alone({});
    expect(pid).toBeGreaterThan(0);
    expect(said).not.toContain('cluster');
  });

  it.each<[string, Situation]>([
    ['with metrics off', { options: { metrics: { enabled: false } } }],
    ['without the route', { options: { ...ON, routes: { metrics: false } } }],
    ['with a management port', { options: { ...ON, management: { ...LOCAL, port: 0 } } }],
    ['without HTTP', { http: false }],
  ])('in a worker %s', async (_which, situation) => {
    const start = cluster();
    const { said, pid } = await start(situation);
    expect(pid).toBeGreaterThan(0);
    expect(said).not.toContain('cluster');
  });
});

describe('a management port in a worker', () => {
  it('is its own: port 0 gives each another one, and each answers for itself', async () => {
    const start = cluster();
    const options = { ...ON, management: { ...LOCAL, port: 0 } };
    const one = await start({ options });
    const two = await start({ options });
    expect(one.url).not.toBe(two.url);
    expect(await answerers(one.url)).toEqual([one.pid]);
    expect(await answerers(two.url)).toEqual([two.pid]);
  });

  it('that another worker has stops boot', async () => {
    const start = cluster();
    const one = await start({ options: { ...ON, management: { ...LOCAL, port: 0 } } });
    const port = Number(new URL(one.url).port);
    const two = await start({ options: { ...ON, management: { ...LOCAL, port } } });
    expect(two.said).toContain(
      `failed: ObservabilityModule cannot start: management.port ${port} on 127.0.0.1: it is in use`,
    );
    expect(await answerers(one.url)).toEqual([one.pid]);
  });
});
