import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { degraded, healthy, HealthStatus } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS, type Platform } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { FAILING_CHECKS } from './failing-checks.js';
import { nameOf, SECRET, type CheckFault } from './fault.js';
import {
  bootFaulty,
  checkIn,
  type BodyOnWire,
  type CheckOnWire,
  type Planned,
} from './faulty-app.js';
import { ODD_ANSWERS } from './odd-answers.js';
import { ODD_DETAILS } from './odd-details.js';
import { ProcessWatch } from './process-watch.js';

const FAULTS: readonly CheckFault[] = [...FAILING_CHECKS, ...ODD_ANSWERS, ...ODD_DETAILS];

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

/** A check that does nothing wrong, and what is to be seen of it. */
interface GoodCheck {
  readonly name: string;
  readonly check: Planned['check'];
  readonly seen: Pick<CheckOnWire, 'status' | 'message' | 'details'>;
}

const WELL = { status: HEALTHY, message: '', details: {} };

/** They stand among the faulty ones. Two have names that objects without care for them would lose. */
const GOOD: readonly GoodCheck[] = [
  { name: 'says-nothing', check: () => {}, seen: WELL },
  { name: '__proto__', check: () => HEALTHY, seen: WELL },
  { name: 'constructor', check: async () => {}, seen: WELL },
  { name: 'waits-for-a-timer', check: () => delay(1, HEALTHY), seen: WELL },
  {
    name: 'waits-for-a-file',
    check: async () => healthy('read', { bytes: (await readFile('/dev/null')).length }),
    seen: { status: HEALTHY, message: 'read', details: { bytes: 0 } },
  },
  {
    name: 'is-degraded',
    check: () => degraded('slow', { queue: { length: 7 } }),
    seen: { status: DEGRADED, message: 'slow', details: { queue: { length: 7 } } },
  },
  {
    name: 'is-an-indicator',
    check: async () => ({ db: { status: 'up', pool: 3 } }),
    seen: { status: HEALTHY, message: '', details: { pool: 3 } },
  },
];

/** What was seen of one application with all checks at once. */
interface Seen {
  readonly rounds: readonly BodyOnWire[];
  readonly names: readonly string[];
  readonly calls: ReadonlyMap<string, number>;
  readonly errors: readonly string[];
  readonly cutShort: string;
  readonly events: readonly string[];
  readonly leftOpen: readonly string[];
}

function planned(calls: Map<string, number>): Planned[] {
  const counted = (one: Planned): Planned => ({
    ...one,
    check: (context) => {
      calls.set(one.name, (calls.get(one.name) ?? 0) + 1);
      return one.check(context);
    },
  });
  const faulty = FAULTS.map((fault) =>
    // A class that something is wrapped around is not called as one.
    fault.fault === 'is a class'
      ? { name: nameOf(fault), check: fault.check }
      : counted({ name: nameOf(fault), check: fault.check, timeoutMs: fault.timeoutMs }),
  );
  const distance = Math.floor(faulty.length / (GOOD.length - 1));
  for (const [index, { name, check }] of GOOD.entries()) {
    faulty.splice(index * (distance + 1), 0, counted({ name, check }));
  }
  return faulty;
}

/** Boots, asks three times, closes while a check hangs, and tells of all that was to be seen. */
async function observe(platform: Platform): Promise<Seen> {
  using watch = new ProcessWatch();
  const calls = new Map<string, number>();
  const { app, registry, health, log } = await bootFaulty(platform, planned(calls));
  const rounds = [await health(), await health(), await health()];
  const names = registry.names();
  registry.registerCheck('hangs', () => new Promise(() => {}), { timeoutMs: 2_000_000_000 });
  const cutShort = registry.runCheck('hangs');
  await settle();
  await app.close();
  return {
    rounds,
    names,
    calls,
    errors: log.ours('error'),
    cutShort: (await cutShort).message,
    leftOpen: await watch.leftOpen(),
    events: await watch.events(),
  };
}

/** Where a fault holds the event loop, the others say so too; that is tested elsewhere. */
function withoutStandstill({ message, details, ...check }: CheckOnWire) {
  const { event_loop_held_ms: _held, ...others } = details;
  const note = /(?:^|; )(?:held the event loop|the event loop stood still) for \d+ ms[^;]*$/;
  return { ...check, message: message.replace(note, ''), details: others };
}

/** What a message must be, or what is to be found in it. */
function isTold({ message }: CheckFault, told: string): boolean {
  return typeof message === 'string' ? told === message : message.test(told);
}

describe.each(PLATFORMS)('on %s, with all of them in one application,', (platform) => {
  const memory: { seen?: Promise<Seen> } = {};
  const seen = (): Promise<Seen> => (memory.seen ??= observe(platform));

  it.each(FAULTS.map((fault) => [fault.fault, fault] as const))(
    'a check that %s has the result that is told of it, each time',
    async (_fault, fault) => {
      for (const round of (await seen()).rounds) {
        const check = withoutStandstill(checkIn(round, nameOf(fault)));
        expect(check.status).toBe(fault.status ?? UNHEALTHY);
        expect(isTold(fault, check.message), `${check.message} instead of ${fault.message}`).toBe(
          true,
        );
        expect(check.details).toEqual(fault.details ?? {});
      }
    },
  );

  it.each(GOOD.map((good) => [good.name, good] as const))(
    'the good check "%s" keeps its result',
    async (_name, good) => {
      for (const round of (await seen()).rounds) {
        expect(withoutStandstill(checkIn(round, good.name))).toMatchObject(good.seen);
        expect(withoutStandstill(checkIn(round, good.name)).details).toEqual(good.seen.details);
      }
    },
  );

  it('all checks are in each answer, in their order, none cut, and the whole is unhealthy', async () => {
    const { rounds, names } = await seen();
    expect(names).toHaveLength(FAULTS.length + GOOD.length);
    for (const { status, truncated, checks } of rounds) {
      expect(checks.map(({ name }) => name)).toEqual(names);
      expect([status, truncated]).toEqual([UNHEALTHY, undefined]);
    }
  });

  it('a check that hangs is not started again, and the others are run for each that asks', async () => {
    const { calls } = await seen();
    expect(calls.get('never-settles')).toBe(1);
    expect(calls.get('returns-a-thenable-that-never-calls-back')).toBe(1);
    for (const { name } of GOOD) expect(calls.get(name), name).toBeGreaterThanOrEqual(3);
  });

  it('each check that is unhealthy has one line in the log, however often it is asked', async () => {
    const { errors, names, rounds } = await seen();
    const bad = names.filter((name) => checkIn(rounds[0]!, name).status === UNHEALTHY);
    expect(errors).toHaveLength(bad.length);
    for (const name of bad) {
      expect(errors).toContainEqual(expect.stringContaining(`Health check "${name}" is unhealthy`));
    }
    // oxlint-disable-next-line no-control-regex -- a line with them is not one line
    for (const line of errors) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  });

  it('no secret is told to anyone', async () => {
    const { rounds, errors } = await seen();
    expect(JSON.stringify([rounds, errors])).not.toContain(SECRET);
  });

  it('no rejection, exception or warning reaches the process', async () => {
    expect((await seen()).events).toEqual([]);
  });

  it('nothing keeps the process alive once the application has closed, and a run under way ends', async () => {
    const { leftOpen, cutShort } = await seen();
    expect(cutShort).toBe('stopped: the application has closed');
    expect(leftOpen).toEqual([]);
  });
});
