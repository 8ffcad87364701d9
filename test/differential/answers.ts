import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { BootedApp } from '../support/boot.js';

/** What an application says of itself. */
export interface Answer {
  /** What the readiness probe sees. */
  readonly probe: number;
  readonly overall: string;
  /** What it says of a check of this name; `lost` if nothing. */
  statusOf(name: string): string;
  messageOf(name: string): string;
  /** A further property of a check, wherever the side puts it. */
  read(name: string, property: string): unknown;
  /** The whole body. */
  readonly text: string;
}

type Entry = Readonly<Record<string, unknown>>;

/** Asks an application of Terminus. */
export async function askTerminus(app: BootedApp, path = '/health/ready'): Promise<Answer> {
  const response = await app.get(path);
  const text = await response.text();
  const { status, details } = JSON.parse(text) as {
    status?: string;
    details?: Record<string, Entry>;
  };
  return answer(response.status, status ?? 'lost', text, (name) => details?.[name] ?? {});
}

/** Asks an application of this package for its report, and then its readiness probe. */
export async function askOurs(app: BootedApp): Promise<Answer> {
  const text = await (await app.get('/health')).text();
  const { status, checks } = JSON.parse(text) as {
    status: string;
    checks: (Entry & { readonly name: string; readonly details: Entry })[];
  };
  const { status: probe } = await app.get('/health/ready');
  return answer(probe, status, text, (name) => {
    const check = checks.find((one) => one.name === name);
    return { ...check?.details, ...check };
  });
}

function answer(
  probe: number,
  overall: string,
  text: string,
  entry: (name: string) => Entry,
): Answer {
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : 'lost');
  return {
    probe,
    overall,
    text,
    statusOf: (name) => textOf(entry(name)['status']),
    messageOf: (name) => textOf(entry(name)['message']),
    read: (name, property) => entry(name)[property],
  };
}

/** Tells when so many requests have reached an application, and it has begun to work on them. */
export function countArrivals(app: BootedApp): (count: number) => Promise<void> {
  const server: unknown = app.app.getHttpServer();
  const requests = { arrived: 0 };
  const onRequest = (message: unknown): void => {
    if ((message as { server: unknown }).server === server) requests.arrived += 1;
  };
  subscribe('http.server.request.start', onRequest);
  onTestFinished(() => void unsubscribe('http.server.request.start', onRequest));
  return async (count) => {
    while (requests.arrived < count) await nextTurn();
    // What stands between the socket and the checks.
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  };
}
