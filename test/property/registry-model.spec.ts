import * as fc from 'fast-check';
import { HealthRegistry, HealthStatus } from 'nestjs-observability';
import { describe, expect, it, vi } from 'vitest';
import { RunSlots } from '../../lib/health/run-slots.js';
import { StatusJudge } from '../../lib/health/status-judge.js';
import { FakeClock, settle } from '../support/fake-clock.js';
import { judged } from './check-model.js';
import { ANSWERS, RegistryPlay, type Answer, type Step } from './registry-play.js';
import { TIMEOUT_MS, tries } from './runs.js';

const check = fc.constantFrom('a', 'b', 'module:c', '__proto__');
const answer = fc.constantFrom(...(Object.keys(ANSWERS) as Answer[]));
const nth = fc.nat(9);
const timeoutMs = fc.constantFrom(10, 50, 100);
const threshold = fc.constantFrom(1, 1, 2, 3);

const longCache = fc.constantFrom(0, 20, 100, 1_000);
/** Shorter than any result of a check with an interval may be old. */
const shortCache = fc.constantFrom(0, 20, 100, 1_000);

const common = {
  timeoutMs,
  critical: fc.boolean(),
  probes: fc.subarray(['liveness', 'readiness'] as const),
  failureThreshold: threshold,
  successThreshold: threshold,
};

const options = fc.oneof(
  fc.record({ ...common, cacheMs: longCache }, { requiredKeys: [] }),
  fc.record(
    { ...common, cacheMs: shortCache, intervalMs: fc.constantFrom(10, 40, 200) },
    { requiredKeys: ['intervalMs'] },
  ),
);

const register: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('register' as const),
  check,
  gated: fc.boolean(),
  options,
});

const passing = fc.oneof(
  fc.constantFrom(0, 1, 2, 8, 9, 10, 11, 20, 30, 50, 70, 90, 99, 100, 101, 1_000),
  fc.nat(300),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: register },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unregister' as const), check }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      how: fc.constantFrom('run', 'readiness', 'liveness', 'one', 'indicator'),
      check,
      times: fc.constantFrom(1, 1, 2, 3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('ask, holding the loop' as const),
      check,
      ms: fc.constantFrom(1, 9, 10, 11, 99, 100, 101, 500),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('ask and unregister at once' as const), check }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('settle' as const), nth, answer }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('play' as const),
      check,
      answers: fc.oneof(
        { weight: 4, arbitrary: fc.array(answer, { maxLength: 6, size: 'max' }) },
        { weight: 1, arbitrary: fc.array(answer, { maxLength: 26, size: 'max' }) },
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('report' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: passing }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      ms: fc.constantFrom(5, 50, 99, 121, 400),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('jump' as const),
      ms: fc.constantFrom(-3_600_000, -60, 60, 3_600_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('listen' as const),
      and: fc.constantFrom('return' as const, 'throw' as const, 'reject' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop listening' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const) }) },
);

const ending: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('close' as const, 'abort' as const),
});

const story = fc
  .tuple(
    fc.array(register, { minLength: 1, maxLength: 4 }),
    fc.array(step, { maxLength: 50, size: 'max' }),
    fc.option(ending, { nil: undefined }),
    fc.array(step, { maxLength: 8, size: 'max' }),
  )
  .map(([first, middle, end, last]) =>
    end === undefined ? [...first, ...middle] : [...first, ...middle, end, ...last],
  );

const settings = fc.record({ timeoutMs, cacheMs: shortCache }, { requiredKeys: [] });

/** What `Math.random()` gives, for the jitter of background runs. */
const random = fc.constantFrom(0, 0.5);

describe('a registry of checks, whatever happens to it', { timeout: TIMEOUT_MS }, () => {
  it('does what its documentation says', async () => {
    const play = fc.asyncProperty(settings, random, story, async (given, jitter, steps) => {
      const chance = vi.spyOn(Math, 'random').mockReturnValue(jitter);
      try {
        expect(await new RegistryPlay(given, jitter).play(steps)).toBe(steps.length);
      } finally {
        chance.mockRestore();
      }
    });
    await fc.assert(play, tries(250));
  });

  it('runs 64 checks at once and lets the others wait, except those for liveness', async () => {
    const counts = fc.record({ ordinary: fc.integer({ min: 50, max: 140 }), lively: fc.nat(20) });
    const property = fc.asyncProperty(
      counts,
      fc.array(nth, { maxLength: 100, size: 'max' }),
      async ({ ordinary, lively }, settling) => {
        const clock = new FakeClock();
        const registry = new HealthRegistry({ timeoutMs: 100 }, clock);
        const running = new Set<() => void>();
        const called = { ordinary: 0, lively: 0 };
        const add = (kind: 'ordinary' | 'lively', i: number): unknown =>
          registry.registerCheck(
            `${kind}-${i}`,
            () => {
              called[kind] += 1;
              return new Promise<void>((resolve) => {
                if (kind === 'ordinary') running.add(resolve);
              });
            },
            { probes: kind === 'lively' ? ['liveness'] : [] },
          );
        for (let i = 0; i < ordinary; i += 1) add('ordinary', i);
        for (let i = 0; i < lively; i += 1) add('lively', i);
        const report = registry.run();
        await settle();
        expect(called).toEqual({ ordinary: Math.min(64, ordinary), lively });
        let settled = 0;
        for (const pick of settling.slice(0, ordinary)) {
          const one = [...running][pick % running.size]!;
          running.delete(one);
          one();
          settled += 1;
          await settle();
          expect(called.ordinary).toBe(Math.min(64 + settled, ordinary));
        }
        expect(running.size).toBe(Math.min(64, ordinary - settled));
        await clock.advance(100);
        const { checks } = await report;
        const good = checks.filter(({ status }) => status === HealthStatus.HEALTHY);
        expect(good).toHaveLength(settled);
        // Those that hang have lost their slots.
        registry.registerCheck('newcomer', () => {}, { probes: [] });
        const newcomer = registry.runCheck('newcomer');
        await clock.advance(100);
        expect((await newcomer).status).toBe(HealthStatus.HEALTHY);
        expect(clock.waiting).toBe(0);
      },
    );
    await fc.assert(property, tries(20));
  });
});

describe('thresholds', { timeout: TIMEOUT_MS }, () => {
  const anyStatus = fc.constantFrom(...Object.values(HealthStatus));
  const thresholds = fc.record({
    failureThreshold: fc.integer({ min: 1, max: 6 }),
    successThreshold: fc.integer({ min: 1, max: 6 }),
  });

  it('let a status change when so many results in a row say so, and not before', () => {
    const raws = fc.array(fc.tuple(anyStatus, fc.option(anyStatus, { freq: 20 })), {
      maxLength: 60,
      size: 'max',
    });
    const property = fc.property(thresholds, raws, (limits, given) => {
      const judge = new StatusJudge(limits);
      const told: (HealthStatus | undefined)[] = [];
      const expected: (HealthStatus | undefined)[] = [];
      let seen: HealthStatus[] = [];
      for (const [raw, forced] of given) {
        seen.push(raw);
        told.push(judge.judge(raw), judge.status);
        const status = judged(expected.at(-1), seen, limits);
        expected.push(status, status);
        if (forced === null) continue;
        judge.force(forced);
        told.push(judge.status);
        expected.push(forced);
        seen = [];
      }
      expect(told).toEqual(expected);
    });
    fc.assert(property, tries(1_000));
  });

  it('let every status be reached by enough results that agree', () => {
    const property = fc.property(
      thresholds,
      fc.array(anyStatus),
      anyStatus,
      (limits, before, raw) => {
        const judge = new StatusJudge(limits);
        for (const one of before) judge.judge(one);
        const enough = Math.max(limits.failureThreshold, limits.successThreshold);
        for (let i = 0; i < enough; i += 1) judge.judge(raw);
        expect(judge.status).toBe(raw);
      },
    );
    fc.assert(property, tries(300));
  });
});

describe('slots', { timeout: TIMEOUT_MS }, () => {
  it('are never more than the limit, go to who came first, and are not lost', async () => {
    const limits = fc.constantFrom(1, 2, 3, 5, Number.POSITIVE_INFINITY);
    const move = fc.oneof(
      fc.constant('take' as const),
      fc.record({ giveBack: fc.nat(30), times: fc.constantFrom(1, 2) }),
      fc.constant('wait' as const),
    );
    const moves = fc.array(move, { maxLength: 60, size: 'max' });
    const property = fc.asyncProperty(limits, moves, async (limit, made) => {
      const slots = new RunSlots(limit);
      const starts: number[] = [];
      const given: (() => void)[] = [];
      const over = new Set<number>();
      const left = (): number[] => [...given.keys()].filter((id) => !over.has(id));
      for (const one of made) {
        if (one === 'take') {
          const id = given.length;
          given.push(slots.take(() => starts.push(id)));
        } else if (one !== 'wait' && given.length > 0) {
          const id = one.giveBack % given.length;
          for (let time = 0; time < one.times; time += 1) given[id]!();
          over.add(id);
        }
        const running = starts.filter((id) => !over.has(id));
        expect(running.length).toBeLessThanOrEqual(limit);
        if (one !== 'wait') continue;
        await settle();
        expect(starts.filter((id) => !over.has(id)).toSorted(ascending)).toEqual(
          left().slice(0, limit),
        );
      }
      expect(new Set(starts).size, 'each start is called once').toBe(starts.length);
    });
    await fc.assert(property, tries(300));
  });

  it('are not taken by those who have left the queue', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.boolean(), { maxLength: 30, size: 'max' }),
      async (limit, stays) => {
        const slots = new RunSlots(limit);
        const starts: number[] = [];
        const holders = Array.from({ length: limit }, () => slots.take(() => {}));
        const places = stays.map((_, id) => slots.take(() => starts.push(id)));
        places.forEach((leave, id) => stays[id] || leave());
        const staying = [...stays.keys()].filter((id) => stays[id]);
        for (const giveBack of holders) giveBack();
        for (let round = 0; round <= stays.length; round += 1) {
          await settle();
          expect(starts).toEqual(staying.slice(0, limit + round));
          if (round < staying.length) places[staying[round]!]!();
        }
      },
    );
    await fc.assert(property, tries(100));
  });
});

const ascending = (a: number, b: number): number => a - b;
