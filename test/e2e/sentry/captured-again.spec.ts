import { captureException } from '@sentry/nestjs';
import { describe, expect, it } from 'vitest';
import { shareSentry } from './sentry-app.js';

const shared = shareSentry();

describe('An error captured again', () => {
  it.each([
    ['an ordinary one', () => new Error('again')],
    ['a frozen one', () => Object.freeze(new Error('again, frozen'))],
    ['one that the SDK cannot read', () => new Error('unreadable', { cause: revoked() })],
  ])('keeps its id and arrives once (%s)', async (_kind, make) => {
    const { receiver, sentry } = shared;
    const before = receiver.events.length;
    const error = make();
    const eventId = sentry.captureException(error);

    expect(sentry.captureException(error)).toBe(eventId);
    expect(sentry.eventIdOf(error)).toBe(eventId);
    expect(await sentry.flush()).toBe(true);
    expect(receiver.events.slice(before).map((event) => event.event_id)).toEqual([eventId]);
  });
});

it('An error that the application has captured with the SDK itself is sent once, and has no id here', async () => {
  const { receiver, sentry } = shared;
  const before = receiver.events.length;
  const error = new Error('captured elsewhere');
  const eventId = captureException(error);

  expect(sentry.captureException(error)).toBeNull();
  expect(sentry.eventIdOf(error)).toBeNull();
  expect(await sentry.flush()).toBe(true);
  expect(receiver.events.slice(before).map((event) => event.event_id)).toEqual([eventId]);
});

describe('eventIdOf()', () => {
  it('is null for what was not captured', () => {
    const { sentry } = shared;

    expect(sentry.eventIdOf(new Error('new'))).toBeNull();
    expect(sentry.eventIdOf('text')).toBeNull();
    expect(sentry.eventIdOf(undefined)).toBeNull();
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
