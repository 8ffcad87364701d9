import * as Sentry from '@sentry/nestjs';
import { describe, expect, it } from 'vitest';
import { startReceiver, type SentryEvent } from '../../../support/sentry-receiver.js';
import { bootSentry } from '../sentry-app.js';

async function bootNamed(name: string, dsn?: string) {
  const receiver = await startReceiver();
  const booted = await bootSentry({ sentry: { dsn: dsn ?? receiver.dsn } });
  booted.sentry.setTag(`tag-${name}`, name);
  booted.sentry.setUser({ [`user-${name}`]: name });
  booted.sentry.setContext(`context-${name}`, { name });
  booted.sentry.addBreadcrumb({ message: `breadcrumb-${name}` });
  return { receiver, ...booted };
}

/** Whose data is on an event. */
function ownersOf(event: SentryEvent): string[] {
  const text = JSON.stringify([event.tags, event.user, event.contexts, event.breadcrumbs]);
  return [...new Set(text.matchAll(/(?:tag|user|context|breadcrumb)-\w+/g))].map(String).toSorted();
}

const all = (name: string): string[] =>
  ['breadcrumb', 'context', 'tag', 'user'].map((kind) => `${kind}-${name}`);

describe('What an application is told outside of any request', () => {
  it('is on its events, in a request and outside, and on none of an application with another DSN', async () => {
    const one = await bootNamed('one');
    const two = await bootNamed('two');
    for (const { name, app } of [
      { name: 'one', app: one },
      { name: 'two', app: two },
    ]) {
      const outside = await app.receiver.waitFor(app.sentry.captureMessage('outside'));
      const inside = await app.receiver.waitFor(
        app.sentry.isolate(() => app.sentry.captureException(new Error('inside'))),
      );

      expect(ownersOf(outside)).toEqual(all(name));
      expect(ownersOf(inside)).toEqual(all(name));
    }
  });

  it('is on none of an application with the same DSN', async () => {
    const receiver = await startReceiver();
    const one = await bootNamed('one', receiver.dsn);
    const two = await bootNamed('two', receiver.dsn);

    expect(ownersOf(await receiver.waitFor(one.sentry.captureMessage('x')))).toEqual(all('one'));
    expect(ownersOf(await receiver.waitFor(two.sentry.captureMessage('x')))).toEqual(all('two'));
  });

  it('is on none of the next application, and on none of the SDK’s own scopes', async () => {
    const first = await bootNamed('first');
    await first.app.close();
    const { receiver, sentry } = await bootNamed('next');

    expect(ownersOf(await receiver.waitFor(sentry.captureMessage('x')))).toEqual(all('next'));
    expect(Sentry.getIsolationScope().getScopeData().tags).toEqual({});
    expect(Sentry.getGlobalScope().getScopeData().tags).toEqual({});
  });

  it('is on what the application captures with the SDK itself, where it is alone with the client', async () => {
    const { receiver } = await bootNamed('only');

    expect(ownersOf(await receiver.waitFor(Sentry.captureMessage('by hand')))).toEqual(all('only'));
  });

  it('gives way to what is told in a request, and comes in the order of time', async () => {
    const { receiver, sentry } = await bootNamed('base');
    sentry.setTag('place', 'outside');
    const eventId = sentry.isolate(() => {
      sentry.setTag('place', 'inside');
      sentry.addBreadcrumb({ message: 'before', timestamp: 1 });
      sentry.addBreadcrumb({ message: 'after' });
      return sentry.captureMessage('x');
    });
    const event = await receiver.waitFor(eventId);

    expect(event.tags).toMatchObject({ place: 'inside', 'tag-base': 'base' });
    // The SDK’s own, of requests that were sent, have none.
    const messages = event.breadcrumbs?.map(({ message }) => message).filter(Boolean);
    expect(messages).toEqual(['before', 'breadcrumb-base', 'after']);
  });

  it('is what was known at the capture, not what was told later', async () => {
    const { receiver, sentry } = await bootNamed('early');
    const eventId = sentry.captureException(new Error('x'));
    sentry.setTag('tag-late', 'late');

    expect(ownersOf(await receiver.waitFor(eventId))).toEqual(all('early'));
  });
});
