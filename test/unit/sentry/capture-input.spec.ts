import { describe, expect, it } from 'vitest';
import { captureHint, readableError, severity } from '../../../lib/sentry/capture-input.js';

const fail = (): never => {
  throw new Error('trap');
};

const throwingProxy = (target: object): object =>
  new Proxy(target, { get: fail, getPrototypeOf: fail, ownKeys: fail });

describe('readableError()', () => {
  it.each([
    ['an error', new Error('x')],
    ['a frozen error', Object.freeze(new Error('x'))],
    ['an error without a stack', Object.assign(new Error('x'), { stack: undefined })],
    ['an aggregate', new AggregateError([new Error('a')], 'x')],
    ['a plain object', { code: 1 }],
    ['an object without prototype', Object.create(null)],
    ['a text', 'x'],
    ['nothing', undefined],
    ['null', null],
  ])('gives back %s as it is', (_what, error: unknown) => {
    expect(readableError(error)).toBe(error);
  });

  it('gives back an error that is its own cause', () => {
    const error = new Error('x');
    error.cause = error;

    expect(readableError(error)).toBe(error);
  });

  it('ends at once where errors hold one another many times over', () => {
    const error = new AggregateError([], 'x');
    error.errors.push(...Array.from({ length: 50 }, () => new AggregateError([error, error])));

    expect(readableError(error)).toBe(error);
  });

  it.each([
    ['a symbol', Symbol('x')],
    ['a proxy that throws', throwingProxy({})],
    ['a proxy of an error that throws', throwingProxy(new Error('x'))],
    ['a proxy of a function that throws', throwingProxy(() => {})],
    [
      'an object with a getter that throws',
      {
        get code() {
          return fail();
        },
      },
    ],
    ['an error whose cause cannot be read', new Error('x', { cause: throwingProxy({}) })],
    ['an error among whose errors one cannot be read', new AggregateError([throwingProxy({})])],
    ['an error whose stack is no text', Object.assign(new Error('x'), { stack: 5 })],
  ])('puts an error in the place of %s', (_what, error: unknown) => {
    const readable = readableError(error);

    // Not toBe(): it looks into both.
    expect(Object.is(readable, error)).toBe(false);
    expect(readable).toBeInstanceOf(Error);
    expect((readable as Error).message).not.toBe('');
  });

  it('keeps the message of an error of which something else cannot be read', () => {
    const error = new Error('connection refused', { cause: throwingProxy({}) });

    expect(readableError(error)).toHaveProperty('message', 'connection refused');
  });
});

describe('captureHint()', () => {
  it('is empty without a context', () => {
    expect(captureHint(undefined)).toEqual({});
  });

  it('is empty for a context that is no object or cannot be read', () => {
    expect(captureHint('x' as never)).toEqual({});
    expect(captureHint(fail as never)).toEqual({});
    expect(captureHint(throwingProxy({}))).toEqual({});
  });

  it('copies the context, with secrets masked and what cannot be read marked', () => {
    const extra: Record<string, unknown> = {
      password: 'hunter2',
      get broken() {
        return fail();
      },
    };
    extra['self'] = extra;

    expect(captureHint({ tags: { shop: 'pt' }, extra })).toEqual({
      captureContext: {
        tags: { shop: 'pt' },
        extra: { password: '[redacted]', broken: '[unreadable]', self: '[circular]' },
      },
    });
  });

  it('leaves out a level that is none', () => {
    expect(captureHint({ level: 'panic' as never, tags: { a: 1 } })).toEqual({
      captureContext: { tags: { a: 1 } },
    });
  });

  it('gives the level in the SDK’s word', () => {
    expect(captureHint({ level: 'warn' })).toEqual({ captureContext: { level: 'warning' } });
  });
});

describe('What would take the SDK seconds to read', () => {
  it('is cut to the first hundred of the errors that one is made up of', () => {
    const cause = new Error('the cause');
    const parts = Array.from({ length: 20_000 }, (_, index) => new Error(`part ${index}`));
    const error = new AggregateError(parts, 'all of them', { cause });
    const read = readableError(error) as AggregateError;

    expect(read).toBeInstanceOf(Error);
    expect(read).toMatchObject({ name: error.name, message: 'all of them', cause });
    expect(read.stack).toBe(error.stack);
    expect(read.errors).toEqual(parts.slice(0, 100));
  });

  it('is copied within limits where it is an object of many properties', () => {
    const thrown = Object.fromEntries(
      Array.from({ length: 200_000 }, (_, index) => [index, index]),
    );

    expect(Object.keys(readableError(thrown) as object).length).toBeLessThan(300);
  });

  it('is nothing else: an ordinary error and object stay what they are', () => {
    const error = new AggregateError([new Error('a part')], 'two');
    const thrown = { code: 7 };

    expect(readableError(error)).toBe(error);
    expect(readableError(thrown)).toBe(thrown);
  });
});

describe('severity()', () => {
  it.each([
    ['warn', 'warning'],
    ['warning', 'warning'],
    ['fatal', 'fatal'],
    ['debug', 'debug'],
    ['panic', undefined],
    [fail, undefined],
    [undefined, undefined],
  ])('of %s is %s', (level, word) => {
    expect(severity(level)).toBe(word);
  });
});
