import * as fc from 'fast-check';

const trap = (): never => {
  throw new Error('do not touch');
};

/** Values that a label gets from a request, and some that make trouble when they are looked at. */
const HOSTILE: Readonly<Record<string, () => unknown>> = {
  'ten million signs': () => 'x'.repeat(10_000_000),
  'a million line feeds': () => '\n'.repeat(1_000_000),
  'a symbol': () => Symbol('x'),
  'a bigint': () => 10n ** 400n,
  'a function': () => () => 'x',
  'a class': () => class Label {},
  'a date': () => new Date(0),
  'a date that is none': () => new Date(Number.NaN),
  'an error': () => new Error('x'),
  'a buffer': () => Buffer.alloc(1_000_000, 'x'),
  'a boxed string': () => Object('x') as unknown,
  'an array with a quote': () => ['x"y', 'a\\', '\n'],
  'an array of arrays': () => [[['x"'], { toString: trap }], Symbol('x'), null, undefined, 1n],
  'an array of a million': () => Array.from({ length: 1_000_000 }, () => 'x'),
  'an array that contains itself': () => {
    const array: unknown[] = [];
    array.push(array);
    return array;
  },
  'an array that cannot be read': () => new Proxy(['x'], { get: trap }),
  'an object without a prototype': () => Object.create(null) as unknown,
  'an object whose text is a quote': () => ({ toString: () => 'x"} 1\n' }),
  'an object whose text is none': () => ({ toString: () => ({}) }),
  'an object whose text throws': () => ({ toString: trap }),
  'an object that is no primitive': () => ({ [Symbol.toPrimitive]: trap }),
  'a proxy that refuses all': () =>
    new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap }),
  'a proxy that refuses its keys': () => new Proxy({ a: 'x' }, { ownKeys: trap }),
  'a proxy that has everything': () => new Proxy({}, { get: (_, key) => key }),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'labels with a getter that throws': () =>
    Object.defineProperty({}, 'a', { get: trap, enumerable: true }),
  'labels with a getter that changes': () => {
    let times = 0;
    const get = (): string => `x${(times += 1)}`;
    return Object.defineProperty({}, 'a', { get, enumerable: true });
  },
  'labels with a prototype of their own': () => JSON.parse('{"__proto__":{"a":"x"},"a":"y"}'),
  'labels that inherit': () => Object.create({ a: 'x', b: 'y' }) as unknown,
  'labels that are frozen': () => Object.freeze({ a: 'x', b: Object.freeze({}) }),
  'labels without a prototype': () =>
    Object.assign(Object.create(null) as object, { a: 'x', b: 'y' }),
  'labels with unknown keys': () => ({ a: 'x', constructor: 'y', nope: 1 }),
};

/** A value that only its name can show. */
export class Hostile {
  constructor(
    readonly name: string,
    readonly make: () => unknown,
  ) {}
}

/** What is meant by an argument of a play. */
export function valueOf(given: unknown): unknown {
  return given instanceof Hostile ? given.make() : given;
}

/** Texts that are hard to write, or hard to tell from others. */
export const hardText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom(...',:|"\\{}=_ab\n\r\t\u0000\u001b\u007f\u2028\ud800\udc00'.split('')),
    maxLength: 6,
  }),
  fc
    .tuple(
      fc.constantFrom('x', '"', '\\', '\n', '\u{1f600}', '\ud800'),
      fc.integer({ min: 1, max: 200 }),
    )
    .map(([sign, times]) => sign.repeat(times)),
  fc.constantFrom('__overflow__', '__proto__', 'constructor', 'undefined', 'null', '+Inf', ''),
);

/** Anything that somebody may hand in as the value of a label, or as an argument. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hardText },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...Object.entries(HOSTILE).map(([name, make]) => new Hostile(name, make)),
    ),
  },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(undefined, null, true, 0, -0, 1, -1, '1') },
  { weight: 1, arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true }) },
);
