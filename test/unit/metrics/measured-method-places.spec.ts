import { Counted, Timed } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';

/** The decorators as plain JavaScript sees them, without the types that refuse their misuse. */
type Untyped = (...args: unknown[]) => (...decorated: unknown[]) => unknown;

const DECORATORS: readonly [string, Untyped, string][] = [
  ['@Counted', Counted as Untyped, "@Counted('method_calls_total')"],
  ['@Timed', Timed as Untyped, "@Timed('method_duration_seconds')"],
];

class Orders {
  static count(): void {}
  place(): void {}
}

const PLACES: readonly [string, unknown[], string][] = [
  [
    'a getter',
    [Orders.prototype, 'open', { get: () => 1 }],
    'is on the accessor Orders.open: put it on a method.',
  ],
  [
    'a setter',
    [Orders.prototype, 'open', { set: () => {} }],
    'is on the accessor Orders.open: put it on a method.',
  ],
  [
    'a property',
    [Orders.prototype, 'place', undefined],
    'is on the property Orders.place, which is undefined: make it a method; an arrow function kept in a property does not count.',
  ],
  [
    'a value that is no function',
    [Orders.prototype, 'place', { value: 'text' }],
    'is on the property Orders.place, which is "text" (string): make it a method; an arrow function kept in a property does not count.',
  ],
  [
    'a static method',
    [Orders, 'count', Object.getOwnPropertyDescriptor(Orders, 'count')],
    'is on the static Orders.count: put it on an instance method.',
  ],
  ['a class', [Orders], 'is on a class: put it on a method.'],
  [
    'a parameter of a method',
    [Orders.prototype, 'place', 0],
    'is on a parameter of Orders.place: put it on a method.',
  ],
  [
    'a parameter of the constructor',
    [Orders, undefined, 0],
    'is on a parameter of Orders.constructor: put it on a method.',
  ],
  [
    'a method decorated by the standard of TC39',
    [() => {}, { kind: 'method', name: 'place', static: false, private: false, metadata: {} }],
    'was called as a standard decorator: NestJS needs "experimentalDecorators": true in tsconfig.json.',
  ],
];

describe.each(DECORATORS)('%s is refused at once on', (_decorator, decorator, subject) => {
  it.each(PLACES)('%s', (_place, decorated, complaint) => {
    expect(() => decorator()(...decorated)).toThrow(new TypeError(`${subject} ${complaint}`));
  });

  it('a method that has it already, for the same metric', () => {
    class Twice {
      place(): void {}
    }
    const method = Object.getOwnPropertyDescriptor(Twice.prototype, 'place');
    decorator()(Twice.prototype, 'place', method);
    decorator('other')(Twice.prototype, 'place', method);

    expect(() => decorator()(Twice.prototype, 'place', method)).toThrow(
      new TypeError(`${subject} on Twice.place: the method is recorded in that metric already.`),
    );
  });
});
