import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { startReceiver } from '../../support/sentry-receiver.js';

function startProcess(
  end: 'close' | 'signal' | 'rejection',
  dsn: string,
): ChildProcessWithoutNullStreams {
  const script = join(import.meta.dirname, 'ending-app.mjs');
  const child = spawn(process.execPath, [script, end], {
    env: { PATH: process.env['PATH'], SENTRY_DSN: dsn },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Waits until the process has ended by itself; sends SIGTERM when it says that it is ready. */
async function ended(child: ChildProcessWithoutNullStreams): Promise<{
  readonly eventIds: readonly string[];
  readonly end: number | string;
  readonly errors: string;
}> {
  const errors: string[] = [];
  child.stderr.on('data', (text) => errors.push(String(text)));
  const end = once(child, 'close') as Promise<[number | null, string | null]>;
  let eventIds: readonly string[] = [];
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line) as { ready?: true; eventIds?: readonly string[] };
    if (said.ready) child.kill('SIGTERM');
    eventIds = said.eventIds ?? eventIds;
  }
  const [code, signal] = await end;
  return { eventIds, end: signal ?? code ?? -1, errors: errors.join('') };
}

it.each([
  ['after app.close()', 'close', 0],
  ['on SIGTERM', 'signal', 'SIGTERM'],
] as const)(
  'A process with Sentry on ends by itself %s, with everything that was waiting delivered',
  async (_when, how, expected) => {
    const receiver = await startReceiver();
    const { eventIds, end, errors } = await ended(startProcess(how, receiver.dsn));

    expect(errors).toBe('');
    expect(end).toBe(expected);
    expect(eventIds).toHaveLength(3);
    expect(receiver.events.map((event) => event.event_id).toSorted()).toEqual(eventIds.toSorted());
  },
);

it('An unhandled rejection ends a process with Sentry on, as it ends one without, and is sent', async () => {
  const receiver = await startReceiver();
  const { end, errors } = await ended(startProcess('rejection', receiver.dsn));

  expect(end).toBe(1);
  expect(errors).toContain('nobody handles it');
  expect(receiver.events.map((event) => event.exception?.values?.[0]?.value)).toEqual([
    'nobody handles it',
  ]);
});
