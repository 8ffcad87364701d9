import { describe, expect, it } from 'vitest';
import { toPlainJson } from '../../lib/plain-json.js';
import { readOutcome } from '../../lib/health/health.outcome.js';
import { errorText, showValue } from '../../lib/show-value.js';

describe('a value as plain JSON', () => {
  it('is a copy that later changes do not reach', () => {
    const original = { list: [1], nested: { a: 1 } };
    const copy = toPlainJson(original);
    original.list.push(2);
    original.nested.a = 2;
    expect(copy).toEqual({ list: [1], nested: { a: 1 } });
  });

  it.each([
    ['a bigint', 2n ** 64n, '18446744073709551616'],
    ['not a number', Number.NaN, 'NaN'],
    ['infinity', Number.POSITIVE_INFINITY, 'Infinity'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date that is none', new Date(Number.NaN), null],
    ['an error', new TypeError('no'), 'TypeError: no'],
    ['a set', new Set([1]), [1]],
    ['a map with names', new Map([['a', 1]]), { a: 1 }],
    ['any other map', new Map([[1, 2]]), [[1, 2]]],
    ['a buffer, without reading it', Buffer.alloc(50_000_000), '[50000000 bytes]'],
    ['a function', () => 1, '[function]'],
    ['a symbol', Symbol('s'), '[symbol]'],
  ])('shows %s', (_what, value, shown) => {
    expect(toPlainJson({ value })).toEqual({ value: shown });
  });

  it('leaves out keys that are undefined', () => {
    expect(toPlainJson({ a: undefined, b: 1 })).toEqual({ b: 1 });
  });

  it('marks what is circular', () => {
    const loop: Record<string, unknown> = { a: 1 };
    loop['self'] = loop;
    expect(toPlainJson(loop)).toEqual({ a: 1, self: '[circular]' });
  });

  it('shows the same object twice where it is not circular', () => {
    const shared = { a: 1 };
    expect(toPlainJson([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('marks a getter that throws, and keeps the rest', () => {
    const hostile = {
      a: 1,
      get b(): never {
        throw new Error('no');
      },
    };
    expect(toPlainJson(hostile)).toEqual({ a: 1, b: '[unreadable]' });
  });

  it('marks a Proxy that refuses everything', () => {
    const trap = (): never => {
      throw new Error('no');
    };
    const hostile = new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap });
    expect(toPlainJson({ hostile })).toEqual({ hostile: '[unreadable]' });
  });

  it('marks a Proxy that is revoked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(toPlainJson([proxy])).toEqual(['[unreadable]']);
    expect(showValue(proxy)).toBe('"[unreadable]" (object)');
  });

  it('keeps a key named __proto__ as a key', () => {
    const copy = toPlainJson(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true}}');
    expect({}).not.toHaveProperty('polluted');
  });

  it('masks the values of a map whose key names a secret', () => {
    expect(toPlainJson(new Map([['password', 'hunter2']]))).toEqual({ password: '[redacted]' });
  });

  it('masks values whose key names a secret', () => {
    const secret = {
      db_password: 'a',
      clientSecret: 'b',
      apiKey: 'c',
      authorization: 'd',
      keyboard: 'e',
    };
    expect(toPlainJson(secret)).toEqual({
      db_password: '[redacted]',
      clientSecret: '[redacted]',
      apiKey: '[redacted]',
      authorization: '[redacted]',
      keyboard: 'e',
    });
  });

  it.each([
    ['a pair of name and value', { name: 'password', value: 'hunter2' }],
    ['a pair of key and value', [{ key: 'DB_PASSWORD', value: 'hunter2' }]],
    ['what a validator has refused', [{ property: 'password', value: 'hunter2', target: {} }]],
    ['a pair in a list', ['password', 'hunter2']],
    ['pairs of a list', Object.entries({ user: 'app', token: 'hunter2' })],
    ['raw headers', ['Host', 'db', 'Authorization', 'hunter2', 'Cookie', 'sid=hunter2']],
    ['an argument', { args: ['login', '--password', 'hunter2', 'db'] }],
    ['what ioredis was told', { name: 'auth', args: ['default', 'hunter2'] }],
  ])('masks %s', (_what, value) => {
    expect(JSON.stringify(toPlainJson({ value }))).not.toContain('hunter2');
  });

  it('leaves a list of names as it is', () => {
    expect(toPlainJson(['user', 'password'])).toEqual(['user', 'password']);
    expect(toPlainJson({ name: 'queue', value: 7 })).toEqual({ name: 'queue', value: 7 });
  });

  it('keeps keys as they are, but for the secrets in them', () => {
    const keys = {
      'Some Key': 1,
      'a.b/c': 2,
      clientID: 3,
      'redis://app:hunter2@cache:6379': 'down',
    };
    expect(Object.keys(toPlainJson(keys) as object)).toEqual([
      'Some Key',
      'a.b/c',
      'clientID',
      'redis://[redacted]@cache:6379',
    ]);
  });

  it.each([
    ['a text', (text: string) => toPlainJson({ text })],
    ['an error’s message', (text: string) => errorText(new Error(text))],
    ['a value that is shown', (text: string) => showValue(text)],
    ['an outcome’s message', (text: string) => readOutcome({ status: 'unhealthy', message: text })],
  ])('%s is masked before it is cut, so that no half of a secret is left', (_what, show) => {
    for (const length of [160, 460, 900, 1_400, 1_900]) {
      const pem = `-----BEGIN PRIVATE KEY-----${'A'.repeat(length)}-----END PRIVATE KEY-----`;
      for (let padding = 0; padding < 60; padding += 1) {
        const text = `${pem}${' '.repeat(padding)} postgres://app:hunter2hunter2@db:5432/shop is down`;
        expect(JSON.stringify(show(text)), `${length} ${padding}`).not.toContain('hunter');
      }
    }
  });

  it('is bounded in depth, number and length, and marks each cut', () => {
    const limits = { depth: 2, values: 4, text: 3, total: 100 };
    expect(toPlainJson({ a: { b: { c: 1 } } }, limits)).toEqual({ a: { b: '…' } });
    expect(toPlainJson('abcdef', limits)).toBe('abc…');
    expect(JSON.stringify(toPlainJson([1, 2, 3, 4, 5, 6, 7, 8], limits))).toBe('[1,2,3,"…"]');
    expect(toPlainJson({ a: 1, b: 2, c: 3, d: 4 }, limits)).toEqual({ a: 1, b: 2, c: 3, '…': '…' });
  });

  it('is bounded in the characters of all its strings together', () => {
    const limits = { depth: 2, values: 10, text: 5, total: 7 };
    expect(toPlainJson(['abcde', 'abcde', 'abcde'], limits)).toEqual(['abcde', 'ab…', '…']);
  });

  it('stays small for a huge value', () => {
    const huge = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 'x'.repeat(99)]),
    );
    expect(JSON.stringify(toPlainJson(huge)).length).toBeLessThan(10_000);
  });
});
