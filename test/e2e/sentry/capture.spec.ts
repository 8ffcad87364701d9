import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

describe.each(PLATFORMS)('With a DSN, on %s', (platform) => {
  it('the id of a captured error is the id of the event that arrives', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } }, platform);
    const eventId = sentry.captureException(new RangeError('out of stock'));

    expect(sentry.enabled).toBe(true);
    expect(await receiver.waitFor(eventId)).toMatchObject({
      level: 'error',
      exception: { values: [{ type: 'RangeError', value: 'out of stock' }] },
    });
  });

  it('the id of a captured message is the id of the event that arrives', async () => {
    const receiver = await startReceiver();
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } }, platform);
    const eventId = sentry.captureMessage('User reached rate limit');

    expect(await receiver.waitFor(eventId)).toMatchObject({
      level: 'info',
      message: 'User reached rate limit',
    });
  });
});
