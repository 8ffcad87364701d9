import { healthy, HealthStatus, unhealthy } from 'nestjs-observability';
import { fail, hostileProxy, revokedProxy, SECRET, thenable, type CheckFault } from './fault.js';

class Connection {
  readonly pool = 3;
}

async function* generator(): AsyncGenerator<string> {
  yield HealthStatus.HEALTHY;
}

/** What comes back, the value, and how the message shows it. */
const NO_OUTCOMES: readonly (readonly [string, unknown, string | RegExp])[] = [
  ['null', null, 'null'],
  ['true', true, 'true (boolean)'],
  ['false', false, 'false (boolean)'],
  ['zero', 0, '0 (number)'],
  ['not a number', Number.NaN, 'NaN (number)'],
  ['a bigint', 200n, '200 (bigint)'],
  ['a symbol', Symbol('up'), 'Symbol(up) (symbol)'],
  ['an empty text', '', '"" (string)'],
  ['a status in capitals', 'HEALTHY', '"HEALTHY" (string)'],
  ['a text of ten megabytes', 'x'.repeat(1e7), /"x{199}…" \(string\)/],
  [
    'an object with a status in the wrong case',
    { status: 'Healthy' },
    '{"status":"Healthy"} (object)',
  ],
  ['an object with an unknown status', { status: 'fine' }, '{"status":"fine"} (object)'],
  ['an object with no status in it', { status: null }, '{"status":null} (object)'],
  ['an empty object', {}, '{} (object)'],
  ['an object without prototype', Object.create(null), '{} (object)'],
  ['an array', ['healthy'], '["healthy"] (array)'],
  ['a date', new Date(0), '"1970-01-01T00:00:00.000Z" (Date)'],
  ['an instance of a class', new Connection(), '{"pool":3} (Connection)'],
  ['an error that is not thrown', new Error('refused'), '"Error: refused" (Error)'],
  ['a function', () => HealthStatus.HEALTHY, 'a function'],
  ['an async generator', generator(), '{} (object)'],
  ['an object with a secret', { password: SECRET }, /"password":"?\[redacted\]"?\}/],
  // Shown as the object that it stands for, it would look like an outcome.
  ['a map', new Map([['status', 'healthy']]), /Map/],
];

/** What comes back, the value, and what its reader runs into. */
const UNREADABLE: readonly (readonly [string, unknown, string | RegExp])[] = [
  ['a hostile proxy', hostileProxy(), 'the trap was sprung'],
  ['a revoked proxy', revokedProxy(), /proxy that has been revoked/],
  ['an outcome whose status cannot be read', outcomeWithout('status'), 'the trap was sprung'],
  ['an outcome whose message cannot be read', outcomeWithout('message'), 'the trap was sprung'],
  ['an outcome whose details cannot be read', outcomeWithout('details'), 'the trap was sprung'],
];

function outcomeWithout(member: string): object {
  return Object.defineProperty(healthy(), member, { get: fail });
}

/** Reads well once, and never again. */
function thenReadableOnce(): object {
  let reads = 0;
  // oxlint-disable-next-line unicorn/no-thenable -- what is tested
  return Object.defineProperty({}, 'then', {
    get: () => (reads++ === 0 ? () => {} : fail()),
  });
}

class HostilePromise extends Promise<unknown> {
  // oxlint-disable-next-line unicorn/no-thenable -- what is tested
  override then(): never {
    return fail();
  }
}

const HOSTILE_PROMISES: readonly CheckFault[] = [
  {
    fault: 'returns a thenable whose then cannot be read',
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    check: () => Object.defineProperty({}, 'then', { get: fail }),
    message: 'the trap was sprung',
  },
  {
    fault: 'returns a thenable whose then can be read once',
    check: thenReadableOnce,
    message: 'the trap was sprung',
  },
  {
    fault: 'returns a thenable that never calls back',
    check: () => thenable(() => {}),
    message:
      /^no answer within 50 ms(, \d+ ms of them waiting for its turn)?, still running since /,
    timeoutMs: 50,
  },
  {
    fault: 'returns a thenable that calls back twice',
    check: () =>
      thenable((ok) => {
        ok(unhealthy('the first answer'));
        ok(healthy('the second answer'));
      }),
    message: 'the first answer',
  },
  {
    fault: 'returns a thenable that resolves and then rejects',
    check: () =>
      thenable((ok, no) => {
        ok(healthy('the first answer'));
        no(new Error('the second answer'));
      }),
    status: HealthStatus.HEALTHY,
    message: 'the first answer',
  },
  {
    fault: 'returns a thenable that resolves and then throws',
    check: () =>
      thenable((ok) => {
        ok(healthy('the first answer'));
        fail();
      }),
    status: HealthStatus.HEALTHY,
    message: 'the first answer',
  },
  {
    fault: 'returns a thenable that resolves to a hostile one',
    check: () => thenable((ok) => ok(thenable(fail))),
    message: 'the trap was sprung',
  },
  {
    fault: 'returns a promise of a hostile subclass',
    check: () => new HostilePromise(() => {}),
    message: 'the trap was sprung',
  },
  {
    fault: 'returns a promise whose constructor cannot be read',
    check: () => Object.defineProperty(Promise.resolve(), 'constructor', { get: fail }),
    message: 'the trap was sprung',
  },
  {
    fault: 'is a class',
    check: class Database {} as never,
    message: /^Class constructor Database cannot be invoked without 'new'$/,
  },
];

/** Checks that answer with what is no outcome, or with something that hurts its reader. */
export const ODD_ANSWERS: readonly CheckFault[] = [
  ...[...NO_OUTCOMES.map(noOutcome), ...UNREADABLE].flatMap(([what, value, message]) => [
    { fault: `returns ${what}`, check: () => value, message },
    { fault: `resolves to ${what}`, check: async () => value, message },
  ]),
  ...HOSTILE_PROMISES,
];

function noOutcome([what, value, shown]: (typeof NO_OUTCOMES)[number]) {
  const message =
    typeof shown === 'string'
      ? `the check returned ${shown}, which is no health outcome: return nothing, healthy(), degraded(), unhealthy() or the result of a Terminus indicator`
      : new RegExp(`^the check returned .*${shown.source}.*, which is no health outcome`);
  return [what, value, message] as const;
}
