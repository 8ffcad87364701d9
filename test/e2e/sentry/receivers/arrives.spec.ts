import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startReceiver, type EnvelopeItem } from '../../../support/sentry-receiver.js';
import { payloadsOf, Spotlight } from '../../../support/spotlight.js';

const MAJORS = [10, 11] as const;

/** What tells of the request: the next major sends spans one by one where this one sends a transaction. */
function tracesOf(items: readonly EnvelopeItem[]): readonly EnvelopeItem[] {
  return items.filter(
    ({ type, payload }) =>
      (type === 'transaction' || type === 'span') && JSON.stringify(payload).includes('/orders/'),
  );
}

interface Sent {
  readonly error: string;
  readonly message: string;
}

/** Runs the application to its end. @returns the ids that it was given. */
async function report(major: (typeof MAJORS)[number], sentry: object): Promise<Sent> {
  const path = (file: string): string => join(import.meta.dirname, file);
  const loader = major === 11 ? ['--import', path('sdk-major.mjs')] : [];
  const args = [...loader, path('reporting-app.mjs'), JSON.stringify(sentry)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env['PATH'] },
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Sent;
}

const RECEIVERS = {
  'a receiver on the loopback interface': async () => {
    const receiver = await startReceiver();
    const options = { dsn: receiver.dsn };
    // What an application that has ended has sent is there.
    return { options, arrived: () => Promise.resolve(receiver.items) };
  },
  'Sentry’s own local receiver': async () => {
    const spotlight = await Spotlight.start();
    const options = { dsn: spotlight.dsn, transportOptions: spotlight.transportOptions };
    const isAll = (events: number, traces: number) => (items: readonly EnvelopeItem[]) =>
      payloadsOf(items, 'event').length >= events && tracesOf(items).length >= traces;
    return {
      options,
      arrived: (events: number, traces: number) => spotlight.until(isAll(events, traces)),
    };
  },
};

describe.each(MAJORS)('With version %i of the SDK', (major) => {
  describe.each(Object.entries(RECEIVERS))('at %s', (_name, start) => {
    it.each([
      ['with traces', { tracesSampleRate: 1 }, 1],
      ['without traces', {}, 0],
    ])('errors, messages and transitions arrive once, %s', async (_how, options, traces) => {
      const { options: where, arrived } = await start();
      const sent = await report(major, { ...where, ...options });
      const items = await arrived(4, traces);
      const events = payloadsOf(items, 'event');
      const byId = new Map(events.map((event) => [event.event_id, event]));

      expect(byId.get(sent.error)?.exception?.values.at(-1)).toMatchObject({
        type: 'Error',
        value: 'an order is lost',
      });
      expect(byId.get(sent.message)).toMatchObject({
        message: 'an order is late',
        level: 'warning',
      });
      const ofChecks = events.filter(
        ({ event_id: id }) => ![sent.error, sent.message].includes(id),
      );
      expect(ofChecks.map(({ message }) => message)).toEqual([
        expect.stringContaining('database'),
        expect.stringContaining('database'),
      ]);
      expect(events).toHaveLength(4);
      expect(tracesOf(items)).toHaveLength(traces);
    });
  });
});
