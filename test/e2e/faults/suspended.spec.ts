import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { checkIn, type BodyOnWire } from './faulty-app.js';

/** What `intervalMs` 100 and `timeoutMs` 50 allow. */
const ALLOWED_AGE_MS = 250;

/** Many times what is allowed, and many intervals. */
const SUSPENDED_MS = 1_500;

interface Suspendable {
  readonly ask: () => Promise<BodyOnWire>;
  readonly suspend: () => Promise<void>;
  readonly resume: () => void;
}

async function start(): Promise<Suspendable> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'suspended-app.mjs')], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // One connection, made before the process is suspended: what is sent on it waits in the kernel.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    child.kill('SIGKILL');
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return {
    ask: async () => {
      const [response] = (await once(request(`${url}/health`, { agent }).end(), 'response')) as [
        IncomingMessage,
      ];
      return (await json(response)) as BodyOnWire;
    },
    suspend: async () => {
      child.kill('SIGSTOP');
      while (!/^\d+ \(.*\) T/.test(await readFile(`/proc/${child.pid}/stat`, 'utf8')));
    },
    resume: () => void child.kill('SIGCONT'),
  };
}

function startsOf(body: BodyOnWire): readonly number[] {
  return checkIn(body, 'in-background').details['startedMs'] as number[];
}

it.runIf(process.platform === 'linux')(
  'A process that was suspended tells of no old result as if it were new, and makes up for no run that it missed',
  async () => {
    const { ask, suspend, resume } = await start();
    await expect.poll(async () => startsOf(await ask()).length).toBeGreaterThan(3);

    await suspend();
    const suspendedAt = Date.now();
    const asked = ask();
    await delay(SUSPENDED_MS);
    resume();
    const body = await asked;
    const first = checkIn(body, 'in-background');
    const saysThatItIsOld = /^the last result is \d{4} ms old, and 250 ms are allowed$/;
    const isNew = Date.parse(first.checked_at) - suspendedAt > SUSPENDED_MS - ALLOWED_AGE_MS;
    expect(isNew || saysThatItIsOld.test(first.message), JSON.stringify(first)).toBe(true);
    expect(checkIn(body, 'asked').status).toBe('healthy');

    const before = startsOf(body).length;
    await expect.poll(async () => startsOf(await ask()).length).toBeGreaterThan(before + 3);
    const last = await ask();
    expect(checkIn(last, 'in-background')).toMatchObject({ status: 'healthy', message: '' });
    const starts = startsOf(last);
    const pauses = starts.slice(1).map((startedMs, index) => startedMs - (starts[index] ?? 0));
    expect(Math.max(...pauses)).toBeGreaterThan(SUSPENDED_MS / 2);
    // The interval strays by a tenth; only the pause before the second run is shorter.
    expect(Math.min(...pauses.slice(1))).toBeGreaterThan(50);
  },
);
