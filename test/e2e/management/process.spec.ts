import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Agent, get as ask, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Gate } from '../../support/gate.js';
import { reach } from './managed.js';

const WORKER = join(import.meta.dirname, 'worker.mjs');

interface Situation {
  /** Whether it has HTTP beside the management port. */
  readonly http?: boolean;
  /** The hook in which one of its providers fails, once it is released. */
  readonly fails?: 'onModuleInit' | 'onApplicationBootstrap';
  /** Whether NestJS ends the process by itself. */
  readonly aborts?: boolean;
  readonly graceful?: boolean;
  readonly port?: number;
}

interface Worker {
  readonly child: ChildProcess;
  /** Everything that it has said. */
  readonly said: () => string;
  /** Waits until it has said something. */
  readonly says: (what: RegExp) => Promise<RegExpExecArray>;
  /** Its exit code, or the signal that has ended it. */
  readonly end: Promise<unknown>;
}

function start(situation: Situation): Worker {
  const child = fork(WORKER, [JSON.stringify(situation)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'] },
    execArgv: [],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout?.on('data', (data: Buffer) => {
    said += String(data);
  });
  const end = once(child, 'close').then(([code, signal]: unknown[]) => code ?? signal);
  const says = async (what: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = what.exec(said);
      if (found !== null) return found;
      if (child.stdout === null || child.exitCode !== null) throw new Error(`It said: ${said}`);
      await Promise.race([once(child.stdout, 'data'), end]);
    }
  };
  return { child, said: () => said, says, end };
}

async function addressOf({ says }: Worker): Promise<string> {
  const [, url = ''] = await says(/The management routes listen on (http:\S+)/);
  return url;
}

/** Asks for liveness again and again on one connection, until nobody answers. @param answered is called each time. */
async function keepAsking(url: string, answered: () => void): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  try {
    for (;;) {
      const [response] = (await once(ask(`${url}/health/live`, { agent }), 'response')) as [
        IncomingMessage,
      ];
      response.resume();
      await once(response, 'end');
      answered();
      await delay(20);
    }
  } catch {}
}

describe.each([false, true])('a process with a management port, and HTTP: %s', (http) => {
  it.each(['onModuleInit', 'onApplicationBootstrap'] as const)(
    'ends by itself when a provider fails in %s, after the port was opened',
    async (fails) => {
      const worker = start({ http, fails });
      const { get } = reach(await addressOf(worker));
      await worker.says(/^waits$/m);
      expect((await get('/health/live', { headers: { connection: 'close' } })).status).toBe(200);
      worker.child.send('release');
      expect(await worker.end).toBe(1);
      expect(worker.said()).toContain('the queue is gone');
    },
  );

  it('ends by itself when a provider fails, although a probe asks on and on', async () => {
    const worker = start({ http, fails: 'onApplicationBootstrap' });
    const url = await addressOf(worker);
    await worker.says(/^waits$/m);
    const answered = new Gate();
    const asking = keepAsking(url, () => answered.open());
    await answered.opened;
    worker.child.send('release');
    const end = await Promise.race([worker.end, delay(3_000, 'it lives on')]);
    worker.child.kill('SIGKILL');
    await asking;
    expect(end).toBe(1);
  });

  it('ends with code 1 when the port is in use', async () => {
    const taken = createServer();
    onTestFinished(() => void taken.close());
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as AddressInfo;
    const worker = start({ http, port, aborts: true });
    expect(await worker.end).toBe(1);
    expect(worker.said()).toContain(`management.port ${port} on 127.0.0.1: it is in use`);
  });

  it('stays alive until it is told to close, and ends by itself then', async () => {
    const worker = start({ http });
    const { get } = reach(await addressOf(worker));
    await worker.says(/^open$/m);
    const first = await Promise.race([worker.end, delay(500, 'alive')]);
    expect(first).toBe('alive');
    expect((await get('/health/ready')).status).toBe(200);
    worker.child.send('close');
    expect(await worker.end).toBe(0);
  });

  it('ends with code 0 at a signal', async () => {
    const worker = start({ http, graceful: true });
    const { get } = reach(await addressOf(worker));
    await worker.says(/^open$/m);
    expect((await get('/health/ready')).status).toBe(200);
    worker.child.kill('SIGTERM');
    expect(await worker.end).toBe(0);
  });
});
