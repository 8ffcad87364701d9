import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

/** Time that a busy machine may take on top. */
const SLACK_MS = 1_500;

async function timed(work: Promise<boolean>): Promise<{ result: boolean; tookMs: number }> {
  const start = performance.now();
  const result = await work;
  return { result, tookMs: performance.now() - start };
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
    const { result, tookMs } = await timed(sentry.flush(timeoutMs));

    expect(result).toBe(false);
    expect(tookMs).toBeLessThan(timeoutMs + SLACK_MS);
    await sentry.close(1);
  });

  it('close() ends in its time and says that not all was sent', async () => {
    const receiver = await startReceiver('never answers');
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
    await receiver.waitFor(sentry.captureMessage('hello'));
    const { result, tookMs } = await timed(sentry.close(timeoutMs));

    expect(result).toBe(false);
    expect(tookMs).toBeLessThan(timeoutMs + SLACK_MS);
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
  const { result, tookMs } = await timed(sentry.flush(1_000));

  expect(result).toBe(false);
  expect(tookMs).toBeLessThan(1_000 + 900);
  await sentry.close(1);
});

it('app.close() ends with a server that never answers', async () => {
  const receiver = await startReceiver('never answers');
  const { app, sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
  await receiver.waitFor(sentry.captureMessage('hello'));
  const { tookMs } = await timed(app.close().then(() => true));

  expect(tookMs).toBeLessThan(2_000 + SLACK_MS);
});

it('app.close() ends at once with a server that is not there', async () => {
  const { app, sentry } = await bootSentry({ sentry: { dsn: 'http://key@127.0.0.1:1/1' } });
  sentry.captureMessage('hello');
  const { tookMs } = await timed(app.close().then(() => true));

  expect(tookMs).toBeLessThan(SLACK_MS);
});
