import { expect, it } from 'vitest';
import { startReceiver, type SentryEvent } from '../../../support/sentry-receiver.js';
import { INSTRUMENT } from '../instrument/instrumented-app.js';
import { SentryProcess } from './sentry-process.js';

/** Any two values of two columns meet in a row. */
const PAIRS = [
  [10, 'late', 'express', 'main.mjs', 'SIGTERM'],
  [10, 'early', 'fastify', 'main.cjs', 'rejection'],
  [11, 'late', 'fastify', 'main.cjs', 'SIGTERM'],
  [11, 'early', 'express', 'main.mjs', 'rejection'],
  [10, 'early', 'fastify', 'main.mjs', 'SIGTERM'],
  [11, 'late', 'express', 'main.cjs', 'rejection'],
  [11, 'early', 'fastify', 'main.mjs', 'SIGTERM'],
  [10, 'late', 'express', 'main.cjs', 'rejection'],
] as const;

/** What each of the requests fails with; 404 is expected, and told to nobody. */
const FAILURES: Readonly<Record<string, readonly [status: number, message: string | null]>> = {
  'controller/1': [500, 'controller'],
  unavailable: [503, 'unavailable'],
  missing: [404, null],
  guard: [500, 'guard'],
  'pipe/1': [500, 'pipe'],
  interceptor: [500, 'interceptor'],
  middleware: [500, 'middleware'],
  filtered: [418, 'filtered'],
};

const textOf = ({ message, exception }: SentryEvent): string =>
  (message ?? '') || (exception?.values.at(-1)?.value ?? '');

it.each(PAIRS)(
  'SDK %i, started %s, on %s, in %s: every error and transition arrives once, until the end by %s',
  async (sdk, start, platform, host, end) => {
    const receiver = await startReceiver();
    const traces = start === 'early' ? { SENTRY_TRACES_SAMPLE_RATE: '1' } : undefined;
    const app = new SentryProcess({
      sdk,
      files: [host, 'app.cjs'],
      from: import.meta.dirname,
      node: start === 'early' ? INSTRUMENT : [],
      args: [platform, end],
      env: { SENTRY_DSN: receiver.dsn, ...traces },
    });
    const answers = await app.says<Record<string, [number, string | null]>>('answers');
    if (end === 'SIGTERM') {
      await app.says('ready');
      app.kill('SIGTERM');
    }
    const ended = await app.ended();

    expect(ended.end).toBe(end === 'SIGTERM' ? 'SIGTERM' : 1);
    const told = receiver.events.map(textOf).toSorted();
    expect(told).toEqual(
      [
        ...Object.values(FAILURES).flatMap(([, message]) => message ?? []),
        'job',
        'event',
        'message',
        'Health check "database" is unhealthy',
        'Health check "database" is healthy again',
        ...(end === 'rejection' ? ['rejection'] : []),
      ].toSorted(),
    );
    for (const [path, [status, message]] of Object.entries(FAILURES)) {
      const event = receiver.events.find((one) => textOf(one) === message);
      expect([path, ...(answers[path] ?? [])]).toEqual([path, status, event?.event_id ?? null]);
    }
  },
);
