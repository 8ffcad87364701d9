import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

/** Between the end of the time that was given and the time that the SDK would take. */
const SLACK_MS = 1_500;

/** What work comes to, or that a timer set at the same moment fired first: a busy machine delays both alike. */
async function within(ms: number, work: Promise<unknown>): Promise<unknown> {
  const timer: { id?: NodeJS.Timeout } = {};
  const late = new Promise((resolve) => {
    timer.id = setTimeout(() => resolve('later than that'), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer.id));
}

let open: (() => void)[] = [];

beforeEach(() => {
  open = [];
});

afterEach(() => {
  for (const release of open) release();
  vi.unstubAllEnvs();
});

describe.each([0, 1, 200])('With a server that never answers and %i ms of time', (timeoutMs) => {
  it('flush() ends in its time and says that not all was sent', async () => {
    const receiver = await startReceiver('never answers');
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
    await receiver.waitFor(sentry.captureMessage('hello'));

    expect(await within(timeoutMs + SLACK_MS, sentry.flush(timeoutMs))).toBe(false);
    await sentry.close(1);
  });

  it('close() ends in its time and says that not all was sent', async () => {
    const receiver = await startReceiver('never answers');
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
    await receiver.waitFor(sentry.captureMessage('hello'));

    expect(await within(timeoutMs + SLACK_MS, sentry.close(timeoutMs))).toBe(false);
    expect(sentry.captureMessage('late')).toBeNull();
  });
});

it('flush() ends in its time where the application’s own beforeSend never ends', async () => {
  const receiver = await startReceiver();
  const beforeSend = (): Promise<null> =>
    new Promise((resolve) => {
      open.push(() => resolve(null));
    });
  const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn, beforeSend } });
  sentry.captureException(new Error('held back'));

  expect(await within(1_900, sentry.flush(1_000))).toBe(false);
  await sentry.close(1);
});

it('app.close() ends with a server that never answers', async () => {
  const receiver = await startReceiver('never answers');
  const { app, sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
  await receiver.waitFor(sentry.captureMessage('hello'));

  expect(await within(2_000 + SLACK_MS, app.close())).toBeUndefined();
});

it('app.close() ends at once with a server that is not there', async () => {
  const { app, sentry } = await bootSentry({ sentry: { dsn: 'http://key@127.0.0.1:1/1' } });
  sentry.captureMessage('hello');

  expect(await within(SLACK_MS, app.close())).toBeUndefined();
});
