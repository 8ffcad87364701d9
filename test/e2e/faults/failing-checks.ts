import { healthy, type HealthCheckContext } from 'nestjs-observability';
import { fail, hostileProxy, revokedProxy, SECRET, type CheckFault } from './fault.js';

const NOT_IN_TIME =
  /^no answer within 50 ms(, \d+ ms of them waiting for its turn)?, still running since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const UNREADABLE = 'an error that cannot be read';

/** Goes on when the run has been given up, and so after its deadline. */
function afterDeadline({ signal }: HealthCheckContext): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => setImmediate(resolve));
  });
}

const LATE: readonly CheckFault[] = [
  {
    fault: 'never settles',
    check: () => new Promise(() => {}),
    message: NOT_IN_TIME,
    timeoutMs: 50,
  },
  {
    fault: 'rejects after its deadline',
    check: async (context) => {
      await afterDeadline(context);
      throw new Error('too late');
    },
    message: NOT_IN_TIME,
    timeoutMs: 50,
  },
  {
    fault: 'is healthy after its deadline',
    check: async (context) => {
      await afterDeadline(context);
      return healthy('too late');
    },
    message: NOT_IN_TIME,
    timeoutMs: 50,
  },
  {
    fault: 'throws in a listener of its signal',
    check: ({ signal }) => {
      signal.addEventListener('abort', fail);
      return new Promise(() => {});
    },
    message: NOT_IN_TIME,
    timeoutMs: 50,
  },
];

/** An error of which one member cannot be read. */
function errorWithout(member: string): Error {
  return Object.defineProperty(new Error('refused'), member, { get: fail });
}

function circle(): Error {
  const [one, other] = [new Error('refused'), new Error('reset')];
  one.cause = other;
  other.cause = one;
  return one;
}

const MANY_ERRORS = Array.from({ length: 10_000 }, (_, index) => new Error(`no ${index}`));

function aggregateOfItself(): AggregateError {
  const aggregate = new AggregateError([]);
  aggregate.errors.push(aggregate);
  return aggregate;
}

/** What is thrown, the value, and the message. */
const THROWN: readonly (readonly [string, unknown, string | RegExp])[] = [
  ['an error', new Error('refused'), 'refused'],
  ['an error without a message', new TypeError(), 'TypeError'],
  ['undefined', undefined, 'threw undefined'],
  ['null', null, 'threw null'],
  ['an empty text', '', 'threw "" (string)'],
  ['zero', 0, 'threw 0 (number)'],
  ['a text', 'refused', 'refused'],
  ['a symbol', Symbol('down'), 'threw Symbol(down) (symbol)'],
  ['a bigint', 7n, 'threw 7 (bigint)'],
  ['a function', () => {}, 'threw a function'],
  ['an object', { code: 7 }, 'threw {"code":7} (object)'],
  ['a frozen error', Object.freeze(new Error('refused')), 'refused'],
  ['an error whose message cannot be read', errorWithout('message'), UNREADABLE],
  [
    'an error whose message is a symbol',
    errorWith({ message: Symbol('x') }),
    'threw an error whose message is Symbol(x) (symbol)',
  ],
  ...['name', 'stack', 'cause', 'toString', 'toJSON', 'causes', 'getResponse'].map(
    (member) =>
      [`an error whose ${member} cannot be read`, errorWithout(member), 'refused'] as const,
  ),
  ['an error whose toString throws', errorWith({ toString: fail }), 'refused'],
  ['an error whose getResponse throws', errorWith({ getResponse: fail }), 'refused'],
  ['an error with hostile causes', errorWith({ causes: hostileProxy() }), 'refused'],
  ['an error that is a hostile proxy', hostileProxy(new Error('refused')), UNREADABLE],
  ['a hostile proxy', hostileProxy(), UNREADABLE],
  ['a revoked proxy', revokedProxy(), UNREADABLE],
  ['errors that are the cause of each other', circle(), 'refused'],
  ['ten thousand errors with a message', new AggregateError(MANY_ERRORS, 'all down'), 'all down'],
  [
    'ten thousand errors without a message',
    new AggregateError(MANY_ERRORS),
    'no 0; no 1; no 2; no 3; no 4',
  ],
  ['an aggregate error of itself', aggregateOfItself(), 'AggregateError'],
  ['an error with a message of ten megabytes', new Error('x'.repeat(1e7)), /^x{499}…$/],
  [
    'an error with a secret',
    new Error(`postgres://app:${SECRET}@db refused`),
    'postgres://[redacted]@db refused',
  ],
];

function errorWith(members: object): Error {
  return Object.assign(new Error('refused'), members);
}

/** Checks that do not come to an answer: they are late, they throw, or what they promise is rejected. */
export const FAILING_CHECKS: readonly CheckFault[] = [
  ...LATE,
  ...THROWN.flatMap(([what, value, message]): CheckFault[] => [
    {
      fault: `throws ${what}`,
      check: () => {
        throw value;
      },
      message,
    },
    {
      fault: `rejects with ${what}`,
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what is tested
      check: () => Promise.reject(value),
      message,
    },
  ]),
];
