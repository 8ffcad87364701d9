import { describe, expect, it } from 'vitest';
import { HealthCheck } from '../../lib/health/health-check.decorator.js';

/** The decorator as plain JavaScript sees it, without the types that refuse its misuse. */
const untyped = HealthCheck as (...args: unknown[]) => (...decorated: unknown[]) => unknown;

const decorate = untyped('disk');

function rejection(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

describe('A place where @HealthCheck cannot be is refused at once', () => {
  class Disk {
    static scan(): void {}
    check(): void {}
  }

  const PLACES: readonly [string, unknown[], string][] = [
    [
      'a getter',
      [Disk.prototype, 'free', { get: () => 1 }],
      'is on the accessor Disk.free: put it on a method.',
    ],
    [
      'a setter',
      [Disk.prototype, 'free', { set: () => {} }],
      'is on the accessor Disk.free: put it on a method.',
    ],
    [
      'a property',
      [Disk.prototype, 'check', undefined],
      'is on the property Disk.check, which is undefined: make it a method; an arrow function kept in a property does not count.',
    ],
    [
      'a value that is no function',
      [Disk.prototype, 'check', { value: 'text' }],
      'is on the property Disk.check, which is "text" (string): make it a method; an arrow function kept in a property does not count.',
    ],
    [
      'a static method',
      [Disk, 'scan', Object.getOwnPropertyDescriptor(Disk, 'scan')],
      'is on the static Disk.scan: put it on an instance method.',
    ],
    [
      'a static property',
      [Disk, 'scanned', undefined],
      'is on the static Disk.scanned: put it on an instance method.',
    ],
    ['a class', [Disk], 'is on a class: put it on a method.'],
    [
      'a parameter of a method',
      [Disk.prototype, 'check', 0],
      'is on a parameter of Disk.check: put it on a method.',
    ],
    [
      'a parameter of a static method',
      [Disk, 'scan', 0],
      'is on a parameter of Disk.scan: put it on a method.',
    ],
    [
      'a parameter of the constructor',
      [Disk, undefined, 0],
      'is on a parameter of Disk.constructor: put it on a method.',
    ],
    [
      'a method decorated by the standard of TC39',
      [() => {}, { kind: 'method', name: 'check', static: false, private: false, metadata: {} }],
      'was called as a standard decorator: NestJS needs "experimentalDecorators": true in tsconfig.json.',
    ],
  ];

  it.each(PLACES)('%s', (_place, decorated, complaint) => {
    expect(rejection(() => decorate(...decorated))).toEqual(
      new TypeError(`@HealthCheck('disk') ${complaint}`),
    );
  });

  it('a real arrow function in a property', () => {
    expect(() => {
      class Fresh {
        // @ts-expect-error -- a property has no descriptor
        @HealthCheck('fresh')
        check = (): void => {};
      }
      return Fresh;
    }).toThrow('is on the property Fresh.check');
  });

  it('a real accessor', () => {
    expect(() => {
      class Fresh {
        // @ts-expect-error -- the type of the accessor is no function
        @HealthCheck('fresh')
        get check(): number {
          return 1;
        }
      }
      return Fresh;
    }).toThrow('is on the accessor Fresh.check');
  });
});

describe('A name that is not allowed is refused at once', () => {
  it.each([
    ['an empty text', '', 'got "" (string)'],
    ['65 characters', 'a'.repeat(65), `got "${'a'.repeat(65)}" (string)`],
    ['a space', 'the disk', 'got "the disk" (string)'],
    ['a line break at the end', 'disk\n', 'got "disk\\n" (string)'],
    ['a letter with an accent', 'café', 'got "café" (string)'],
    ['a number', 7, 'got 7 (number)'],
    ['null', null, 'got null'],
    ['options in its place', { critical: false }, 'got {"critical":false} (object)'],
  ])('%s', (_name, name, complaint) => {
    expect(rejection(() => untyped(name))).toEqual(
      new TypeError(
        `A health check's name is 1 to 64 letters, digits and "_", ".", ":", "-"; ${complaint}.`,
      ),
    );
  });

  it('the prefix of module classes', () => {
    expect(() => HealthCheck('module:disk')).toThrow(
      /^The health check name "module:disk" starts with "module:".*@HealthCheck\('disk'\)/,
    );
  });
});

describe('An option that is not allowed is refused at once', () => {
  it.each([
    ['an unknown one', { timeout: 5 }, 'an option is "timeout" (string); accepted is one of '],
    ['a deadline of 0', { timeoutMs: 0 }, 'timeoutMs is 0 (number); accepted is a number of '],
    [
      'a deadline of NaN',
      { timeoutMs: NaN },
      'timeoutMs is NaN (number); accepted is a number of ',
    ],
    [
      'a deadline as text',
      { timeoutMs: '5' },
      'timeoutMs is "5" (string); accepted is a number of ',
    ],
    [
      'a deadline that no timer can wait',
      { timeoutMs: 2 ** 31 },
      'timeoutMs is 2147483648 (number); accepted is a number of ',
    ],
    [
      'critical as text',
      { critical: 'yes' },
      'critical is "yes" (string); accepted is true or false',
    ],
    ['an unknown probe', { probes: ['startup'] }, 'probes is ["startup"] (array); accepted is '],
    ['a single probe', { probes: 'liveness' }, 'probes is "liveness" (string); accepted is '],
    ['null for all of them', null, 'options is null; accepted is an object'],
  ])('%s', (_option, options, complaint) => {
    const error = rejection(() => untyped('disk', options));

    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(`@HealthCheck('disk'): ${complaint}`);
  });
});

it('Names of 1 and of 64 characters, and all that a name may hold, are allowed', () => {
  expect(() =>
    ['a', 'a'.repeat(64), 'AZaz09_.:-', 'db:module:x'].map((name) => HealthCheck(name)),
  ).not.toThrow();
});

it('A method that is marked twice is refused at once', () => {
  expect(
    rejection(() => {
      class Fresh {
        @HealthCheck('one')
        @HealthCheck('other')
        check(): void {}
      }
      return Fresh;
    }),
  ).toEqual(new TypeError("@HealthCheck('one') on Fresh.check: the method is marked already."));
});

it('The same method name may be marked in a base class and in its subclass', () => {
  expect(() => {
    class Base {
      @HealthCheck('base')
      check(): void {}
    }
    class Sub extends Base {
      @HealthCheck('sub')
      override check(): void {}
    }
    return Sub;
  }).not.toThrow();
});

it('A decorated method stays the function that it was', () => {
  const descriptor = { value: () => {}, writable: true, enumerable: false, configurable: true };
  const before = { ...descriptor };

  expect(decorate({}, 'check', descriptor)).toBeUndefined();
  expect(descriptor).toEqual(before);
});
