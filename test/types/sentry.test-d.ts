import type { SentryService } from 'nestjs-observability';
import { assertType, expectTypeOf, it } from 'vitest';

declare const sentry: SentryService;

it('A capture gives the id of the event, or null', () => {
  expectTypeOf(sentry.captureException(new Error('lost'))).toEqualTypeOf<string | null>();
  expectTypeOf(sentry.captureMessage('lost')).toEqualTypeOf<string | null>();
  expectTypeOf(sentry.eventIdOf('anything')).toEqualTypeOf<string | null>();
});

it('Anything may be thrown, and captured with a context', () => {
  expectTypeOf<SentryService['captureException']>().parameter(0).toBeUnknown();
  assertType(
    sentry.captureException('a text', {
      tags: { route: '/', attempt: 2, retried: true },
      extra: { order: { id: 5 } },
      contexts: { order: { id: 5 } },
      user: { id: 7 },
      level: 'fatal',
      fingerprint: ['orders'],
    }),
  );
  // @ts-expect-error -- no such field
  assertType(sentry.captureException(new Error('lost'), { tag: { route: '/' } }));
  // @ts-expect-error -- a list
  assertType(sentry.captureException(new Error('lost'), { tags: ['route'] }));
});

it('A message has a level, and both words for a warning', () => {
  assertType(sentry.captureMessage('slow', 'warn'));
  assertType(sentry.captureMessage('slow', 'warning', { tags: { route: '/' } }));
  // @ts-expect-error -- no such level
  assertType(sentry.captureMessage('slow', 'critical'));
  // @ts-expect-error -- an error is captured by captureException
  assertType(sentry.captureMessage(new Error('lost')));
});

it('Starting and stopping tell whether it worked', () => {
  expectTypeOf(sentry.init()).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(
    sentry.init({ dsn: 'https://key@sentry.example/1', environment: 'test', debug: true }),
  ).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(sentry.flush()).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(sentry.close(500)).toEqualTypeOf<Promise<boolean>>();
  expectTypeOf(sentry.enabled).toEqualTypeOf<boolean>();
  // @ts-expect-error -- a number
  assertType(sentry.init({ dsn: 5 }));
  // @ts-expect-error -- read only
  sentry.enabled = true;
});
