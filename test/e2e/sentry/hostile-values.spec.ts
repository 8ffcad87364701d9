import { SentryService } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { shareSentry } from './sentry-app.js';

const fail = (): never => {
  throw new Error('trap');
};

const TRAPS = Object.fromEntries(
  ['get', 'set', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'].map((trap) => [
    trap,
    fail,
  ]),
);

const hostileProxy = (): object => new Proxy({}, TRAPS);

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

class UnreadableError extends Error {
  override get message(): string {
    return fail();
  }
  override get stack(): string {
    return fail();
  }
}

const circular: Record<string, unknown> = { kind: 'circle' };
circular['self'] = circular;

const broken = {
  get broken() {
    return fail();
  },
};

const ERRORS: readonly [string, unknown][] = [
  ['a frozen error', Object.freeze(new Error('x'))],
  ['a proxy whose every trap throws', hostileProxy()],
  ['a proxy of an error whose every trap throws', new Proxy(new Error('x'), TRAPS)],
  ['a revoked proxy', revoked()],
  ['an error whose getters throw', new UnreadableError()],
  ['an object whose getter throws', broken],
  ['an object that holds itself', circular],
  ['an error whose cause is a hostile proxy', new Error('x', { cause: hostileProxy() })],
  ['an aggregate of a hostile proxy', new AggregateError([hostileProxy()], 'x')],
  ['an error whose stack is a number', Object.assign(new Error('x'), { stack: 5 })],
  ['an object whose toString throws', { toString: fail, toJSON: fail }],
  ['an object without prototype', Object.create(null)],
  ['undefined', undefined],
  ['null', null],
  ['a symbol', Symbol('x')],
  ['a bigint', 10n],
  ['a text', 'x'],
  ['a function', () => {}],
];

const CONTEXTS: readonly [string, unknown][] = [
  ['a context that holds itself', { extra: circular, contexts: { order: circular } }],
  ['a context whose getter throws', { tags: broken, extra: broken, user: broken }],
  ['a context that is a hostile proxy', hostileProxy()],
  ['tags that are a hostile proxy', { tags: hostileProxy() }],
  ['tags of every type', { tags: { a: Symbol('x'), b: 1n, c: circular, d: undefined } }],
  ['parts that are null', { tags: null, user: null, contexts: { order: null } }],
  ['a level that is none', { level: Symbol('x') }],
  ['a context that is no object', 'text'],
  ['a context that is a function', fail],
  ['null', null],
];

const shared = shareSentry();

describe('captureException()', () => {
  it.each(ERRORS)('takes %s, and it arrives', async (_what, error) => {
    const { receiver, sentry } = shared;
    const eventId = sentry.captureException(error);

    expect(await receiver.waitFor(eventId)).toHaveProperty('exception');
    expect(await sentry.flush()).toBe(true);
  });

  it.each(CONTEXTS)('takes %s, and the error arrives', async (_what, context) => {
    const { receiver, sentry } = shared;
    const eventId = sentry.captureException(new Error('x'), context as never);

    await receiver.waitFor(eventId);
    expect(await sentry.flush()).toBe(true);
  });
});

describe('captureMessage()', () => {
  it.each(ERRORS.filter(([what]) => what !== 'a revoked proxy'))(
    'takes %s as its text, its level and its context, and it arrives',
    async (_what, value) => {
      const { receiver, sentry } = shared;
      const eventId = sentry.captureMessage(value as never, value as never, value as never);

      expect((await receiver.waitFor(eventId)).message).toBeTruthy();
      expect(await sentry.flush()).toBe(true);
    },
  );

  it('takes a revoked proxy without throwing', () => {
    expect(() => shared.sentry.captureMessage(revoked() as never)).not.toThrow();
  });
});

describe('eventIdOf()', () => {
  it.each(ERRORS)('takes %s', (_what, error) => {
    expect(() => shared.sentry.eventIdOf(error)).not.toThrow();
  });
});

describe('flush()', () => {
  it.each([-1, 0, NaN, Infinity, 10n, Symbol('soon'), '10', null])(
    'takes a time of %s',
    async (timeoutMs) => {
      expect(typeof (await shared.sentry.flush(timeoutMs as never))).toBe('boolean');
    },
  );
});

describe('init()', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'https://key@sentry.example.com/1'],
    [
      'an object that cannot be read',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ],
  ])('takes %s', async (_what, options) => {
    expect(await new SentryService().init(options as never)).toBe(false);
  });
});
