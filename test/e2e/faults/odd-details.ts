import { healthy, HealthStatus, unhealthy } from 'nestjs-observability';
import { expect } from 'vitest';
import { fail, hostileProxy, revokedProxy, SECRET, type CheckFault } from './fault.js';

function circle(): object {
  const one: Record<string, unknown> = { kind: 'circle' };
  one['self'] = one;
  return one;
}

function nested(levels: number): object {
  let deep = {};
  for (let level = 0; level < levels; level += 1) deep = { deep };
  return deep;
}

function keys(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, index]));
}

/** Never comes to its end. */
class EndlessSet extends Set<number> {
  override *[Symbol.iterator](): SetIterator<number> {
    for (;;) yield 1;
  }
}

const NO_JSON = Object.assign(new Date(0), { toJSON: fail });

/** What is in the details, the value, and how it is shown. */
const VALUES: readonly (readonly [string, unknown, unknown])[] = [
  ['a bigint', 2n ** 64n, '18446744073709551616'],
  ['what holds itself', circle(), { kind: 'circle', self: '[circular]' }],
  ['not a number', Number.NaN, 'NaN'],
  ['minus infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
  ['minus zero', -0, 0],
  ['null', null, null],
  ['a symbol', Symbol('s'), '[symbol]'],
  ['a function', () => {}, '[function]'],
  ['a date that is none', new Date(Number.NaN), null],
  ['a map', new Map([['a', 1]]), { a: 1 }],
  ['a map without names', new Map([[1, 2]]), [[1, 2]]],
  ['a set', new Set([1]), [1]],
  ['a buffer', Buffer.alloc(10_000_000), '[10000000 bytes]'],
  ['an error', new TypeError('no'), 'TypeError: no'],
  ['a date whose toJSON throws', NO_JSON, '[unreadable]'],
  ['an object whose toJSON throws', { a: 1, toJSON: fail }, { a: 1, toJSON: '[function]' }],
  ['a hostile proxy', hostileProxy(), '[unreadable]'],
  ['a revoked proxy', revokedProxy(), '[unreadable]'],
  ['a lone surrogate', '\ud800', '\ud800'],
  ['a text of ten megabytes', 'x'.repeat(1e7), `${'x'.repeat(1_000)}…`],
  ['an array with holes', Array.from({ length: 3 }), [null, null, null]],
  ['a secret', `Bearer ${SECRET}-abcdefgh`, 'Bearer [redacted]'],
];

const GETTER = Object.defineProperty({ a: 1 }, 'b', { get: fail, enumerable: true });

/** What the details are, the value, and how it is shown. */
const WHOLES: readonly (readonly [string, unknown, unknown])[] = [
  ['a hostile proxy', hostileProxy(), { value: '[unreadable]' }],
  ['an object whose getter throws', GETTER, { a: 1, b: '[unreadable]' }],
  ['an endless set', new EndlessSet(), { value: expect.arrayContaining([1]) }],
  ['an array', ['a'], { value: ['a'] }],
  ['a text', 'a', { value: 'a' }],
  ['a hundred thousand keys', keys(100_000), expect.objectContaining({ key0: 0, '…': '…' })],
  ['a hundred thousand levels', nested(100_000), JSON.parse(`${'{"deep":'.repeat(6)}"…"}}}}}}`)],
  ['keys of the prototype', { constructor: 1, toString: 2 }, { constructor: 1, toString: 2 }],
  ['a secret', { dbPassword: SECRET, port: 5432 }, { dbPassword: '[redacted]', port: 5432 }],
];

/** The answer is served as it was at the moment when it was given. */
function answersAndChanges(): object {
  const answer = {
    status: HealthStatus.HEALTHY as string,
    message: 'as it was',
    details: { n: [1] },
  };
  setImmediate(() => {
    answer.status = HealthStatus.UNHEALTHY;
    answer.message = SECRET;
    answer.details.n.push(2);
  });
  return answer;
}

function goodWith(fault: string, given: unknown, details: unknown): CheckFault {
  const check = () => healthy('all well', given as object);
  return { fault, check, status: HealthStatus.HEALTHY, message: 'all well', details };
}

/** Checks that answer well, with a message or details that hurt their reader, or too many of them. */
export const ODD_DETAILS: readonly CheckFault[] = [
  ...VALUES.map(([what, value, shown]) =>
    goodWith(`has ${what} in its details`, { value, port: 5432 }, { value: shown, port: 5432 }),
  ),
  ...WHOLES.map(([what, value, shown]) => goodWith(`has ${what} for its details`, value, shown)),
  {
    fault: 'has a key named __proto__ in its details',
    check: () => healthy('', JSON.parse('{"__proto__":{"polluted":true}}') as object),
    status: HealthStatus.HEALTHY,
    message: '',
    // Compared as text: an equality of objects looks through the key to the prototype.
    details: JSON.parse('{"__proto__":{"polluted":true}}'),
  },
  {
    fault: 'changes its answer after it has given it',
    check: answersAndChanges,
    status: HealthStatus.HEALTHY,
    message: 'as it was',
    details: { n: [1] },
  },
  {
    fault: 'promises an answer and changes it after it has given it',
    check: async () => answersAndChanges(),
    status: HealthStatus.HEALTHY,
    message: 'as it was',
    details: { n: [1] },
  },
  {
    fault: 'has a symbol for its message',
    check: () => unhealthy(Symbol('down') as never, { port: 5432 }),
    message: 'Symbol(down) (symbol)',
    details: { port: 5432 },
  },
  {
    fault: 'has a hostile proxy for its message',
    check: () => unhealthy(hostileProxy() as never, { port: 5432 }),
    message: /\[unreadable\]|the trap was sprung/,
    details: expect.anything(),
  },
  {
    fault: 'has a message of ten megabytes',
    check: () => unhealthy('x'.repeat(1e7)),
    message: /^x{999}…$/,
  },
  {
    fault: 'has several lines and control characters in its message',
    check: () => unhealthy('one\ntwo\r\u0000\u001b[31mthree\u2028four'),
    message: 'one\ntwo\r\u0000\u001b[31mthree\u2028four',
  },
];
