import { describe, expect, it } from 'vitest';
import { RecordingSentryService } from '../../../lib/sentry/recording/recording-sentry.service.js';
import { SentryService } from '../../../lib/sentry/sentry.service.js';
import { Gate } from '../../support/gate.js';

const last = (sentry: RecordingSentryService) => sentry.captured.at(-1);

describe('RecordingSentryService', () => {
  it('has a word of its own for everything that the service does', () => {
    const all = Object.getOwnPropertyNames(SentryService.prototype);

    expect(Object.getOwnPropertyNames(RecordingSentryService.prototype)).toEqual(
      expect.arrayContaining(all),
    );
  });

  it('is on from the start, and its ids are those of Sentry', () => {
    const sentry = new RecordingSentryService();

    expect(sentry.enabled).toBe(true);
    expect(sentry.captured).toEqual([]);
    expect(sentry.captureMessage('x')).toMatch(/^[0-9a-f]{32}$/);
    expect(last(sentry)?.eventId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('records an error with its context', () => {
    const sentry = new RecordingSentryService();
    const error = new Error('lost');
    const eventId = sentry.captureException(error, {
      tags: { shop: 'pt' },
      user: { id: 7 },
      contexts: { order: { id: 5 } },
      extra: { attempt: 2, password: 'hunter2' },
      fingerprint: ['orders'],
      transaction: 'GET /orders/:id',
      handled: false,
    });

    expect(sentry.captured).toEqual([
      {
        eventId,
        type: 'error',
        error,
        message: 'lost',
        level: 'error',
        tags: { shop: 'pt' },
        user: { id: 7 },
        contexts: { order: { id: 5 } },
        extra: { attempt: 2, password: '[redacted]' },
        breadcrumbs: [],
        fingerprint: ['orders'],
        transaction: 'GET /orders/:id',
        handled: false,
      },
    ]);
    expect(last(sentry)?.error).toBe(error);
  });

  it('records a message with its level, in the SDK’s word', () => {
    const sentry = new RecordingSentryService();
    sentry.captureMessage('quiet');
    sentry.captureMessage('slow', 'warn');

    expect(sentry.captured).toMatchObject([
      { type: 'message', message: 'quiet', level: 'info', handled: true, error: undefined },
      { type: 'message', message: 'slow', level: 'warning' },
    ]);
  });

  it.each([
    ['an ordinary error', new Error('x')],
    ['a frozen error', Object.freeze(new Error('x'))],
    ['an object', {}],
  ])('records %s once, and keeps its id', (_what, error) => {
    const sentry = new RecordingSentryService();
    const eventId = sentry.captureException(error);

    expect(sentry.captureException(error)).toBe(eventId);
    expect(sentry.eventIdOf(error)).toBe(eventId);
    expect(sentry.captured).toHaveLength(1);
  });

  it.each([['a text'], [5], [undefined], [null], [Symbol('x')]])(
    'records %s each time it is captured',
    (error) => {
      const sentry = new RecordingSentryService();

      expect(sentry.captureException(error)).not.toBe(sentry.captureException(error));
      expect(sentry.eventIdOf(error)).toBeNull();
      expect(sentry.captured.map((event) => event.error)).toEqual([error, error]);
    },
  );

  it('forgets everything when it is cleared, errors that it knew too', () => {
    const sentry = new RecordingSentryService();
    const error = new Error('x');
    const before = sentry.captureException(error);
    const { captured } = sentry;
    sentry.clear();

    expect(captured).toHaveLength(1);
    expect(sentry.captured).toEqual([]);
    expect(sentry.captureException(error)).not.toBe(before);
  });

  it('is off after close(), keeps what it recorded, and is on again after init()', async () => {
    const sentry = new RecordingSentryService();
    sentry.captureMessage('before');

    expect(await sentry.flush()).toBe(true);
    expect(await sentry.close()).toBe(true);
    expect(sentry.enabled).toBe(false);
    expect(sentry.captureMessage('late')).toBeNull();
    expect(sentry.captureException(new Error('late'))).toBeNull();
    expect(sentry.captured).toHaveLength(1);
    expect(await sentry.init()).toBe(true);
    expect(sentry.captureMessage('again')).not.toBeNull();
  });

  it('throws at nothing', () => {
    const sentry = new RecordingSentryService();
    const fail = (): never => {
      throw new Error('trap');
    };
    const hostile = new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail }) as never;

    expect(sentry.captureException(hostile, hostile)).toMatch(/^[0-9a-f]{32}$/);
    expect(sentry.captureMessage(hostile, hostile, hostile)).toMatch(/^[0-9a-f]{32}$/);
    sentry.setTag(hostile, hostile);
    sentry.setUser(hostile);
    sentry.setContext(hostile, hostile);
    sentry.addBreadcrumb(hostile);
    expect(sentry.withScope(() => 5)).toBe(5);
  });
});

describe('What a RecordingSentryService is told', () => {
  it('is on all that is captured later, and not on what was captured before', () => {
    const sentry = new RecordingSentryService();
    sentry.captureMessage('before');
    sentry.setTag('shop', 'pt');
    sentry.setUser({ id: 7 });
    sentry.setContext('order', { id: 5 });
    sentry.addBreadcrumb({ message: 'paid', level: 'warn', timestamp: 1 });
    sentry.captureMessage('after');

    expect(sentry.captured).toMatchObject([
      { tags: {}, user: {}, contexts: {}, breadcrumbs: [] },
      {
        tags: { shop: 'pt' },
        user: { id: 7 },
        contexts: { order: { id: 5 } },
        breadcrumbs: [{ message: 'paid', level: 'warning', timestamp: 1 }],
      },
    ]);
    expect(sentry.captured[0]?.tags).not.toHaveProperty('shop');
  });

  it('inside withScope() ends with it, across awaits, and goes before what holds outside', async () => {
    const sentry = new RecordingSentryService();
    sentry.setTag('place', 'outside');
    const gate = new Gate();
    const inside = sentry.withScope(async (scope) => {
      scope.setTag('place', 'inside');
      scope.setLevel('fatal');
      scope.setFingerprint(['orders']);
      await gate.opened;
      sentry.captureException(new Error('x'));
      return 'value';
    });
    sentry.captureMessage('outside');
    gate.open();

    expect(await inside).toBe('value');
    expect(sentry.captured).toMatchObject([
      { tags: { place: 'outside' }, level: 'info', fingerprint: undefined },
      { tags: { place: 'inside' }, level: 'fatal', fingerprint: ['orders'] },
    ]);
  });

  it('in one piece of work is not on what is captured in another', async () => {
    const sentry = new RecordingSentryService();
    sentry.setTag('shop', 'pt');
    const gates = [new Gate(), new Gate()];
    const work = gates.map((gate, n) =>
      sentry.isolate(async () => {
        sentry.setTag(`work-${n}`, n);
        await gate.opened;
        sentry.captureMessage('x');
      }),
    );
    for (const gate of gates.toReversed()) gate.open();
    await Promise.all(work);
    sentry.captureMessage('after');

    expect(sentry.captured.map(({ tags }) => tags)).toEqual([
      { shop: 'pt', 'work-1': 1 },
      { shop: 'pt', 'work-0': 0 },
      { shop: 'pt' },
    ]);
  });

  it('of one breadcrumb is on an event once, however deep inside', () => {
    const sentry = new RecordingSentryService();
    sentry.addBreadcrumb({ message: 'a' });
    sentry.isolate(() => {
      sentry.addBreadcrumb({ message: 'b' });
      sentry.isolate(() =>
        sentry.withScope((scope) => {
          scope.addBreadcrumb({ message: 'c' });
          sentry.withScope(() => sentry.captureMessage('x'));
        }),
      );
    });

    expect(last(sentry)?.breadcrumbs.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
  });
});
