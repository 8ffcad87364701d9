import type { IncomingMessage } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askSafely } from '../../../lib/endpoints/request-predicate.js';

const request = { url: '/metrics', headers: { 'x-team': 'us' } } as unknown as IncomingMessage;

const OTHERWISE = 'nobody gets an answer';

/** An object with what makes a promise of it. */
function thenable(descriptor: PropertyDescriptor): object {
  // oxlint-disable-next-line unicorn/no-thenable -- a hostile one is what is tested
  return Object.defineProperty({}, 'then', descriptor);
}

const THENABLE = thenable({ value: (resolve: (value: boolean) => void) => resolve(true) });

const HOSTILE_THENABLE = thenable({
  get: () => {
    throw new Error('do not wait for me');
  },
});

function ask(predicate: (asked: IncomingMessage) => unknown, times = 1): [boolean[], string[]] {
  const warnings: string[] = [];
  const policy = askSafely(predicate, 'access.health', OTHERWISE, (problem) => {
    warnings.push(problem);
  });
  return [Array.from({ length: times }, () => policy(request)), warnings];
}

describe('asking a function of the request', () => {
  it('hands it the request itself, and takes its answer as it is', () => {
    const seen: unknown[] = [];
    expect(ask((asked) => seen.push(asked) > 0)).toEqual([[true], []]);
    expect(seen).toEqual([request]);
    expect(seen[0]).toBe(request);
    expect(ask(() => false)).toEqual([[false], []]);
  });

  it('asks anew for each request', () => {
    const answers = [true, false, true];
    expect(ask(() => answers.shift(), 3)).toEqual([[true, false, true], []]);
  });

  it.each<[string, unknown]>([
    ['1', 1],
    ['0', 0],
    ['an empty text', ''],
    ['the word true', 'true'],
    ['null', null],
    ['an object', {}],
    ['a wrapped true', Object(true)],
    ['what claims to be true', { valueOf: () => true, [Symbol.toPrimitive]: () => true }],
    ['a promise of true', Promise.resolve(true)],
    ['a thenable', THENABLE],
    ['what throws when it is looked at as a promise', HOSTILE_THENABLE],
    [
      'what throws however it is looked at',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('do not look');
          },
          getPrototypeOf: () => {
            throw new Error('do not look');
          },
          ownKeys: () => {
            throw new Error('do not look');
          },
        },
      ),
    ],
    ['a function', () => true],
    ['a symbol', Symbol('yes')],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
  ])('takes %s for a no, and warns once however often it is asked', (_what, answer) => {
    const [answers, warnings] = ask(() => answer, 3);
    expect(answers).toEqual([false, false, false]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^access\.health has returned .+, neither true nor false: nobody gets an answer$/,
    );
  });

  it.each<[string, unknown]>([
    ['an error', new Error('no')],
    ['nothing', undefined],
    ['a text', 'no'],
    ['a symbol', Symbol('no')],
    [
      'an error that cannot be read',
      Object.defineProperty(new Error(), 'message', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
  ])('takes %s that is thrown for a no, and warns once however often', (_what, thrown) => {
    const [answers, warnings] = ask(() => {
      throw thrown;
    }, 3);
    expect(answers).toEqual([false, false, false]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^access\.health has thrown: .+: nobody gets an answer$/);
  });

  it('goes on asking after a fault', () => {
    let faults = 2;
    const [answers, warnings] = ask(() => {
      if (faults-- > 0) throw new Error('not yet');
      return true;
    }, 3);
    expect(answers).toEqual([false, false, true]);
    expect(warnings).toHaveLength(1);
  });

  it('lets no rejection of a promise that it got out into the process', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    expect(ask(() => Promise.reject(new Error('too late')))[0]).toEqual([false]);
    expect(ask(async () => Promise.reject(new Error('too late')))[0]).toEqual([false]);
    await turn();
    await turn();
    expect(unhandled).toEqual([]);
  });

  it('tells no secret of what was thrown or returned', () => {
    const [, thrown] = ask(() => {
      throw new Error('refused by postgres://app:hunter2@db');
    });
    const [, returned] = ask(() => ({ token: 'hunter2' }));
    expect([...thrown, ...returned].join()).not.toContain('hunter2');
  });

  it.each<[string, () => unknown]>([
    ['has returned no answer', () => 'yes'],
    [
      'has thrown',
      () => {
        throw new Error('no');
      },
    ],
  ])(
    'that %s is a no each time, and nothing is thrown, where even the warning fails',
    (_how, predicate) => {
      let warnings = 0;
      const policy = askSafely(predicate, 'access.health', OTHERWISE, () => {
        warnings += 1;
        throw new Error('the disk of the log is full');
      });
      expect([policy(request), policy(request), policy(request)]).toEqual([false, false, false]);
      expect(warnings).toBe(1);
    },
  );
});
