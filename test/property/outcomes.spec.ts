import * as fc from 'fast-check';
import {
  HealthRegistry,
  HealthStatus,
  type HealthCheckFunction,
  type HealthCheckReturn,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { healthBody, MAX_BODY_BYTES } from '../../lib/endpoints/health-body.js';
import { FakeClock } from '../support/fake-clock.js';
import { TIMEOUT_MS, tries } from './runs.js';

const STATUSES: readonly unknown[] = Object.values(HealthStatus);

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withNullPrototype: true,
  withObjectString: true,
  withUnicodeString: true,
});

/** Long and hard to write down: a sign of the last row takes six bytes in JSON. */
const bulky = fc
  .tuple(
    fc.constantFrom('x', '\u{1f600}', '"', '\\', '\n', '\u2028', '\ud800', '\u0000', '\u001b'),
    fc.constantFrom(1, 10, 999, 1_000, 1_001, 5_000),
  )
  .map(([sign, times]) => sign.repeat(times));

const words = fc.constantFrom('healthy', 'degraded', 'unhealthy', 'up', 'down', 'ok', 'HEALTHY');
const text = fc.oneof(fc.string({ unit: 'binary' }), bulky, anything);

const details = fc.oneof(
  anything,
  bulky,
  fc.array(bulky, { maxLength: 30, size: 'max' }),
  bulky.map((one) => Array.from({ length: 30 }, () => one)),
  fc.dictionary(fc.oneof(fc.string({ unit: 'binary' }), bulky, words), anything, { maxKeys: 30 }),
  fc.dictionary(fc.oneof(fc.constant('__proto__'), fc.string()), bulky, { maxKeys: 30 }),
  fc.array(fc.double(), { minLength: 100, maxLength: 300 }),
);

/** What nearly is an outcome, and what is one. */
const outcome = fc.oneof(
  words,
  fc.record({ status: fc.oneof(words, anything), message: text, details }, { requiredKeys: [] }),
  fc.record({ status: words, message: fc.string(), details }),
);

const indicator = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('db', 'status', 'message', '__proto__')),
  fc.oneof(
    { weight: 9, arbitrary: fc.record({ status: words }) },
    { weight: 2, arbitrary: fc.record({ status: words, message: text, more: details }) },
    { weight: 1, arbitrary: anything },
  ),
  { minKeys: 1, maxKeys: 5 },
);

const plain = fc.oneof(anything, outcome, indicator);

const trap = (): never => {
  throw new Error('do not touch');
};

/** A value that makes trouble when it is looked at, so that only its name can be shown. */
class Trick {
  constructor(
    readonly name: string,
    readonly make: () => unknown,
  ) {}
}

const TRICKS: Readonly<Record<string, () => unknown>> = {
  'a function': () => () => 'healthy',
  'a symbol': () => Symbol('healthy'),
  'a class': () =>
    class Healthy {
      static readonly status = 'healthy';
      readonly status = 'healthy';
    },
  'a proxy that refuses get': () => new Proxy({ status: 'healthy' }, { get: trap }),
  'a proxy that refuses has': () => new Proxy({ status: 'healthy' }, { has: trap }),
  'a proxy that refuses its keys': () => new Proxy({}, { ownKeys: trap }),
  'a proxy that refuses its prototype': () => new Proxy({}, { getPrototypeOf: trap }),
  'an array behind a proxy': () => new Proxy(['healthy'], { get: trap }),
  'an error behind a proxy': () => new Proxy(new Error('hidden'), { get: trap }),
  'a proxy that has everything': () => new Proxy({ status: 'x' }, { get: (_, key) => key }),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a status that throws': () => Object.defineProperty({}, 'status', { get: trap }),
  'an error with a status': () => Object.assign(new Error('failed'), { status: 'ok', causes: 7 }),
  'an error whose message throws': () =>
    Object.defineProperty(new Error('x'), 'message', { get: trap }),
  'an error whose message is an object': () =>
    Object.defineProperty(new Error('x'), 'message', { value: { toString: trap } }),
  'an error whose message is a number': () =>
    Object.defineProperty(new Error('x'), 'message', { value: 7 }),
  'an error without a message': () => Object.defineProperty(new Error(''), 'name', { get: trap }),
  'an error of many': () =>
    new AggregateError([new Error('one'), undefined, new AggregateError([])], ''),
  'an error with good causes': () =>
    Object.assign(new Error('terminus'), { causes: { db: { status: 'up' } } }),
  'an error with a response that throws': () => ({ getResponse: trap }),
  'an outcome that contains itself': () => {
    const circular: Record<string, unknown> = { status: 'degraded' };
    return Object.assign(circular, { details: { circular } });
  },
};

const STATUS_WORDS = ['healthy', 'degraded', 'unhealthy', 'up', 'ok'];
for (const status of STATUS_WORDS)
  for (const key of ['message', 'details', 'then', 'more'])
    Object.assign(TRICKS, {
      [`${status}, and a ${key} that throws`]: () =>
        Object.defineProperty({ status }, key, { get: trap, enumerable: true }),
      [`an entry that is ${status}, and a ${key} that throws`]: () => ({
        db: Object.defineProperty({ status }, key, { get: trap, enumerable: true }),
      }),
    });

const trick = fc
  .constantFrom(...Object.entries(TRICKS))
  .map(([name, make]) => new Trick(name, make));

/** What the contract says that a value means; `undefined`: it does not say, as looking at the value fails. */
function meaningOf(value: unknown): HealthStatus | undefined {
  const indicated: Record<string, HealthStatus> = {
    up: HealthStatus.HEALTHY,
    degraded: HealthStatus.DEGRADED,
    down: HealthStatus.UNHEALTHY,
  };
  try {
    if (value === undefined) return HealthStatus.HEALTHY;
    const said =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as { status?: unknown }).status
        : value;
    if (STATUSES.includes(said)) return said as HealthStatus;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return HealthStatus.UNHEALTHY;
    // A word that is none of ours must not be healed by other entries.
    if ('status' in value && typeof said !== 'object') return HealthStatus.UNHEALTHY;
    const entries = Object.values(value).map((entry: unknown) => {
      const word: unknown = (entry as { status?: unknown } | null | undefined)?.status;
      return typeof entry === 'object' && typeof word === 'string' && Object.hasOwn(indicated, word)
        ? indicated[word]
        : undefined;
    });
    if (entries.length === 0 || entries.includes(undefined)) return HealthStatus.UNHEALTHY;
    return (
      [HealthStatus.UNHEALTHY, HealthStatus.DEGRADED].find((bad) => entries.includes(bad)) ??
      HealthStatus.HEALTHY
    );
  } catch {
    return undefined;
  }
}

type Way = 'returned' | 'promised' | 'thrown' | 'rejected';

const valueOf = (given: unknown): unknown => (given instanceof Trick ? given.make() : given);

interface Behaviour {
  readonly value: unknown;
  readonly way: Way;
}

function behave({ value: given, way: how }: Behaviour): ReturnType<HealthCheckFunction> {
  const value = valueOf(given);
  switch (how) {
    case 'returned':
      return value as HealthCheckReturn;
    case 'promised':
      return (async () => value as HealthCheckReturn)();
    case 'thrown':
      throw value;
    case 'rejected':
      return Promise.reject(value);
  }
}

const way = fc.constantFrom<Way>('returned', 'promised', 'thrown', 'rejected');
const behaviour = fc.record({ value: fc.oneof(plain, trick), way });

async function resultsOf(behaviours: readonly Behaviour[]) {
  const registry = new HealthRegistry({}, new FakeClock());
  behaviours.forEach((one, i) => registry.registerCheck(`check-${i}`, () => behave(one)));
  return registry.run();
}

/** Nothing in it is lost or changed on the wire. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (Array.isArray(value) || prototype === Object.prototype) &&
    Reflect.ownKeys(value).every((key) => typeof key === 'string') &&
    Object.values(value).every(isPlain)
  );
}

function isFrozen(value: unknown): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  );
}

describe('whatever a check does', { timeout: TIMEOUT_MS }, () => {
  it('comes to a result that is complete, plain, bounded and frozen', async () => {
    const property = fc.asyncProperty(behaviour, async (one) => {
      const { checks } = await resultsOf([one]);
      const { status, message, details: shown, latencyMs } = checks[0]!;
      expect(checks).toHaveLength(1);
      expect(STATUSES).toContain(status);
      expect(typeof message).toBe('string');
      expect(message.length).toBeLessThanOrEqual(1_100);
      expect(latencyMs).toBe(0);
      expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
      expect([Object.isFrozen(checks[0]), isFrozen(shown)]).toEqual([true, true]);
      const written = JSON.stringify(shown);
      expect(JSON.stringify(JSON.parse(written))).toBe(written);
      expect(isPlain(shown)).toBe(true);
      expect(Buffer.byteLength(written), 'room for the rest of a body').toBeLessThan(60_000);
    });
    await fc.assert(property, tries(1_500));
  });

  it('is healthy only if it has said so', async () => {
    const property = fc.asyncProperty(behaviour, async (one) => {
      const { checks, status } = await resultsOf([one]);
      const returns = one.way === 'returned' || one.way === 'promised';
      const meant = returns ? meaningOf(valueOf(one.value)) : HealthStatus.UNHEALTHY;
      const { status: found, message } = checks[0]!;
      const overrated = found === HealthStatus.HEALTHY && meant !== HealthStatus.HEALTHY;
      expect(overrated, `healthy, though it said ${meant}`).toBe(false);
      expect(returns || message !== '', 'a failure says something').toBe(true);
      expect(status).toBe(checks[0]!.status);
    });
    await fc.assert(property, tries(1_500));
  });

  it('counts as just what the contract says if it returns something without tricks', async () => {
    const returning = fc.constantFrom<Way>('returned', 'promised');
    const property = fc.asyncProperty(plain, returning, async (value, how) => {
      const { checks } = await resultsOf([{ value, way: how }]);
      expect(checks[0]!.status).toBe(meaningOf(value));
    });
    await fc.assert(property, tries(1_500));
  });

  it('leaves the body of /health JSON, within its bound, with all names', async () => {
    const many = fc.oneof(
      fc.array(behaviour, { maxLength: 6 }),
      fc.array(behaviour, { minLength: 20, maxLength: 60, size: 'max' }),
      fc
        .tuple(behaviour, fc.integer({ min: 1, max: 60 }))
        .map(([one, times]) => Array.from({ length: times }, () => one)),
    );
    const alike = fc.tuple(bulky, fc.integer({ min: 1, max: 60 })).map(([long, times]) =>
      Array.from({ length: times }, () => ({
        value: { status: 'degraded', details: long },
        way: 'returned' as const,
      })),
    );
    const property = fc.asyncProperty(
      fc.oneof(many, alike),
      fc.boolean(),
      async (behaviours, showDetails) => {
        const report = await resultsOf(behaviours);
        const body = healthBody(report, showDetails);
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BODY_BYTES);
        expect(MAX_BODY_BYTES).toBe(65_536);
        const parsed = JSON.parse(body) as {
          status: string;
          truncated?: true;
          checks: { name: string; status: string; message: string; details: object }[];
        };
        expect(parsed.status).toBe(report.status);
        expect(parsed.checks.map(({ name, status }) => [name, status])).toEqual(
          report.checks.map(({ name, status }) => [name, status]),
        );
        const shown = parsed.checks.map(({ message, details: given }) => ({
          message,
          details: given,
        }));
        const known = report.checks.map(({ message, details: given }) =>
          showDetails ? { message, details: given } : { message: '', details: {} },
        );
        const whole = JSON.stringify(shown) === JSON.stringify(known);
        expect(whole).toBe(parsed.truncated !== true);
      },
    );
    await fc.assert(property, tries(100));
  });
});
