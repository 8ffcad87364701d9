import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

describe('init()', () => {
  it('switches Sentry on with what it is given', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({});

    expect(
      await sentry.init({ dsn: receiver.dsn, environment: 'production', release: '1.0.0' }),
    ).toBe(true);
    expect(sentry.enabled).toBe(true);
    expect(await receiver.waitFor(sentry.captureException(new Error('x')))).toMatchObject({
      environment: 'production',
      release: '1.0.0',
    });
  });

  it('takes from the module what it is not given, also where it is given undefined', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({ environment: 'staging', sentry: { release: '2.0.0' } });
    await sentry.init({ dsn: receiver.dsn, environment: undefined, release: undefined });

    expect(await receiver.waitFor(sentry.captureMessage('x'))).toMatchObject({
      environment: 'staging',
      release: '2.0.0',
    });
  });

  it('changes nothing while Sentry is on', async () => {
    const receiver = await startReceiver();
    const other = await startReceiver();
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });

    expect(await sentry.init({ dsn: other.dsn })).toBe(true);
    await receiver.waitFor(sentry.captureMessage('x'));
    expect(other.events).toEqual([]);
  });

  it('called twice at once starts Sentry once', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({});
    const both = await Promise.all([
      sentry.init({ dsn: receiver.dsn }),
      sentry.init({ dsn: receiver.dsn }),
    ]);
    const eventId = sentry.captureMessage('x');
    await sentry.flush();

    expect(both).toEqual([true, true]);
    expect(receiver.events.map((event) => event.event_id)).toEqual([eventId]);
  });

  it('switches Sentry on again after close()', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });
    await sentry.close();

    expect(await sentry.init({ dsn: receiver.dsn })).toBe(true);
    await receiver.waitFor(sentry.captureMessage('x'));
  });

  it('with a malformed DSN is false and prints no part of it', async () => {
    const { sentry, log } = await bootSentry({});

    expect(await sentry.init({ dsn: 'https://topsecret@sentry.io' })).toBe(false);
    expect(log.ours('warn')).toContainEqual(expect.stringContaining('the DSN is malformed'));
    expect(JSON.stringify(log.lines)).not.toContain('topsecret');
  });
});
