import type { SentryLevel } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { shareSentry } from './sentry-app.js';

const shared = shareSentry();

describe('The level of a capture', () => {
  it.each([
    ['warn', 'warning'],
    ['warning', 'warning'],
    ['fatal', 'fatal'],
    ['debug', 'debug'],
  ] satisfies [SentryLevel, string][])('%s arrives as %s', async (level, arriving) => {
    const { receiver, sentry } = shared;

    expect((await receiver.waitFor(sentry.captureMessage('x', level))).level).toBe(arriving);
  });

  it('warn arrives as warning from the context too', async () => {
    const { receiver, sentry } = shared;
    const eventId = sentry.captureException(new Error('slow'), { level: 'warn' });

    expect((await receiver.waitFor(eventId)).level).toBe('warning');
  });
});

describe('The context of a capture', () => {
  it('arrives with an error', async () => {
    const { receiver, sentry } = shared;
    const eventId = sentry.captureException(new Error('no stock'), {
      tags: { shop: 'pt', retry: 2 },
      extra: { basket: ['apple'] },
      user: { id: 'u1' },
      contexts: { order: { number: 7 } },
      fingerprint: ['stock'],
    });

    expect(await receiver.waitFor(eventId)).toMatchObject({
      tags: { shop: 'pt', retry: 2 },
      extra: { basket: ['apple'] },
      user: { id: 'u1' },
      contexts: { order: { number: 7 } },
      fingerprint: ['stock'],
    });
  });

  it('arrives with a message, and not with the next one', async () => {
    const { receiver, sentry } = shared;
    const first = sentry.captureMessage('one', 'info', { tags: { shop: 'pt' } });
    const second = sentry.captureMessage('two');

    expect((await receiver.waitFor(first)).tags).toMatchObject({ shop: 'pt' });
    expect((await receiver.waitFor(second)).tags ?? {}).not.toHaveProperty('shop');
  });

  it('arrives without its secrets', async () => {
    const { receiver, sentry } = shared;
    const eventId = sentry.captureMessage('x', 'info', {
      extra: { password: 'hunter2', url: 'postgres://app:hunter2@db/shop' },
    });

    expect((await receiver.waitFor(eventId)).extra).toMatchObject({
      password: '[redacted]',
      url: 'postgres://[redacted]@db/shop',
    });
  });
});
