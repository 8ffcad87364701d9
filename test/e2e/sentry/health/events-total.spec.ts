import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bootSentry } from '../sentry-app.js';

/** A Sentry server that answers as it is told. @returns its DSN, and how many events it was sent. */
async function serverAnswering(status: number) {
  const seen = { events: 0 };
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      // What the SDK tells of sessions and of itself is taken, and uses up no rate limit.
      const isEvent = Buffer.concat(chunks).includes('{"type":"event"');
      seen.events += Number(isEvent);
      response
        .writeHead(isEvent ? status : 200, isEvent && status === 429 ? { 'Retry-After': '60' } : {})
        .end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { dsn: `http://key@127.0.0.1:${(server.address() as AddressInfo).port}/1`, seen, server };
}

/** Puts into each event what nobody can read, after all that the SDK makes of it. */
const unreadable = {
  name: 'Unreadable',
  setup: (client: { on(hook: string, callback: (event: object) => void): void }) => {
    client.on('postprocessEvent', (event) => {
      const get = (): never => {
        throw new Error('Not for you');
      };
      Object.defineProperty(event, 'extra', { enumerable: true, get });
    });
  },
};

/** An application with metrics, and what they say of events. */
async function bootCounting(dsn: string | undefined, options: object = {}) {
  const { sentry, get } = await bootSentry({
    metrics: { enabled: true },
    sentry: { dsn, ...options },
  });
  const totals = async (): Promise<string[]> => {
    const lines = (await (await get('/metrics')).text()).split('\n');
    return lines.filter((line) => line.startsWith('sentry_events_total'));
  };
  return { sentry, totals };
}

function series(captured: number, refused: number, dropped = 0): string[] {
  return [
    `sentry_events_total{outcome="captured"} ${captured}`,
    `sentry_events_total{outcome="dropped"} ${dropped}`,
    `sentry_events_total{outcome="refused"} ${refused}`,
  ];
}

describe('sentry_events_total', () => {
  it('has all its series from the start, also without Sentry', async () => {
    const { totals } = await bootCounting(undefined);
    expect(await totals()).toEqual(series(0, 0));
  });

  it('counts as captured what the server takes', async () => {
    const { dsn, seen } = await serverAnswering(200);
    const { sentry, totals } = await bootCounting(dsn);
    sentry.captureException(new Error('Order is broken'));
    sentry.captureMessage('Order is late');
    await sentry.flush();
    expect(seen.events).toBe(2);
    expect(await totals()).toEqual(series(2, 0));
  });

  it('counts as refused too what the server answers with 500', async () => {
    const { dsn } = await serverAnswering(500);
    const { sentry, totals } = await bootCounting(dsn);
    sentry.captureException(new Error('Order is broken'));
    sentry.captureMessage('Order is late');
    await sentry.flush();
    expect(await totals()).toEqual(series(2, 2));
  });

  it('counts as refused too what a rate limit holds back', async () => {
    const { dsn, seen } = await serverAnswering(429);
    const { sentry, totals } = await bootCounting(dsn);
    for (const text of ['one', 'two', 'three']) {
      sentry.captureMessage(text);
      await sentry.flush();
    }
    expect(seen.events).toBe(1);
    expect(await totals()).toEqual(series(3, 3));
  });

  it('counts as refused too what reaches no server', async () => {
    const { dsn, server } = await serverAnswering(200);
    await new Promise((resolve) => void server.close(resolve));
    const { sentry, totals } = await bootCounting(dsn);
    sentry.captureException(new Error('Order is broken'));
    await sentry.flush();
    expect(await totals()).toEqual(series(1, 1));
  });

  it('counts as dropped what cannot be scrubbed, and does not send it', async () => {
    const { dsn, seen } = await serverAnswering(200);
    const { sentry, totals } = await bootCounting(dsn, { integrations: [unreadable] });
    sentry.captureMessage('Order is late');
    await sentry.flush();
    expect(seen.events).toBe(0);
    expect(await totals()).toEqual(series(0, 0, 1));
  });

  it('counts nothing for a service that is off', async () => {
    const { dsn } = await serverAnswering(200);
    const { sentry, totals } = await bootCounting(dsn);
    await sentry.close();
    sentry.captureMessage('late');
    expect(await totals()).toEqual(series(0, 0));
  });

  it('counts for each of two applications what it has captured', async () => {
    const { dsn } = await serverAnswering(500);
    const one = await bootCounting(dsn);
    const other = await bootCounting(dsn);
    one.sentry.captureMessage('of one');
    other.sentry.captureMessage('of the other');
    other.sentry.captureMessage('of the other, too');
    await Promise.all([one.sentry.flush(), other.sentry.flush()]);
    expect(await one.totals()).toEqual(series(1, 1));
    expect(await other.totals()).toEqual(series(2, 2));
  });
});
