import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

describe.each(PLATFORMS)('app.close() on %s', (platform) => {
  it('sends what was captured right before', async () => {
    const receiver = await startReceiver();
    const { app, sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } }, platform);
    const error = sentry.captureException(new Error('last'));
    const message = sentry.captureMessage('last words');
    await app.close();

    const arrived = receiver.events.map((event) => event.event_id);
    expect(arrived).toHaveLength(2);
    expect(arrived).toEqual(expect.arrayContaining([error, message]));
  });

  it('switches Sentry off: a capture is null and nothing arrives', async () => {
    const receiver = await startReceiver();
    const { app, sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } }, platform);
    await app.close();

    expect(sentry.enabled).toBe(false);
    expect(sentry.captureException(new Error('late'))).toBeNull();
    expect(sentry.captureMessage('late')).toBeNull();
    expect(await sentry.flush()).toBe(true);
    expect(receiver.events).toEqual([]);
  });

  it('leaves the process ready for the next application', async () => {
    const receiver = await startReceiver();
    const first = await bootSentry({ sentry: { dsn: receiver.dsn } }, platform);
    await first.app.close();
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } }, platform);

    await receiver.waitFor(sentry.captureMessage('next'));
    expect(receiver.events).toHaveLength(1);
  });
});

describe('flush()', () => {
  it('ends when everything has arrived, and says so', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
    const eventId = sentry.captureMessage('hello');

    expect(await sentry.flush()).toBe(true);
    expect(receiver.events.map((event) => event.event_id)).toEqual([eventId]);
    expect(sentry.enabled).toBe(true);
  });
});
