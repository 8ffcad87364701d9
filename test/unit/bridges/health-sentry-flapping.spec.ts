import * as fc from 'fast-check';
import { HealthStatus } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { checksTold } from './sentry-told.js';

describe('the threshold', () => {
  it('lets a check that recovers before it send nothing', async () => {
    const { probe, sentry } = checksTold({ failureThreshold: 3 });
    await probe('huuhuuhuuh');
    expect(sentry.events).toEqual([]);
  });

  it('counts results in a row', async () => {
    const { probe, sentry } = checksTold({ failureThreshold: 3 });
    await probe('huu');
    expect(sentry.words).toEqual([]);
    await probe('uuuuu');
    expect(sentry.words).toEqual(['unhealthy: error']);
    await probe('h');
    expect(sentry.words).toEqual(['unhealthy: error', 'healthy again: info']);
  });

  it('counts the deadlines that a check has passed which never comes back', async () => {
    const { clock, health, sentry } = checksTold({ failureThreshold: 3 });
    health.registerCheck('stuck', () => new Promise<void>(() => {}), { timeoutMs: 100 });
    void health.run();
    for (let deadlines = 0; deadlines < 3; deadlines += 1) {
      expect(sentry.events).toEqual([]);
      await clock.advance(100);
      void health.run();
    }
    expect(sentry.events.map(({ message }) => message)).toEqual([
      'Health check "stuck" is unhealthy',
    ]);
  });

  it('comes after that of the check itself', async () => {
    const { probe, sentry } = checksTold({ failureThreshold: 2 }, { failureThreshold: 3 });
    await probe('huuu');
    expect(sentry.events).toEqual([]);
    await probe('u');
    expect(sentry.words).toEqual(['unhealthy: error']);
  });

  it('holds for warnings of what is degraded, where what is unhealthy counts too', async () => {
    const { probe, sentry } = checksTold({ degraded: 'warning', failureThreshold: 3 });
    await probe('hddhdud');
    expect(sentry.words).toEqual(['degraded: warning']);
  });
});

describe('the interval', () => {
  it('makes one event and one recovery of what flaps in it', async () => {
    const { probe, sentry } = checksTold({ minIntervalMs: 60_000 });
    await probe('h' + 'uh'.repeat(25));
    expect(sentry.words).toEqual(['unhealthy: error', 'healthy again: info']);
  });

  it('holds an outage back until it is over, and no longer', async () => {
    const { probe, sentry } = checksTold({ minIntervalMs: 10_000 });
    await probe('uhuuuuuuuu');
    expect(sentry.words).toEqual(['unhealthy: error', 'healthy again: info']);
    await probe('uu');
    expect(sentry.words).toEqual(['unhealthy: error', 'healthy again: info', 'unhealthy: error']);
  });

  it('holds nothing back of a check that is well when it is over', async () => {
    const { probe, sentry } = checksTold({ minIntervalMs: 10_000 });
    await probe('uhuuuuuhhhhhhhh');
    expect(sentry.words).toEqual(['unhealthy: error', 'healthy again: info']);
  });

  it('begins anew with each event of an outage', async () => {
    const { probe, sentry } = checksTold({ minIntervalMs: 10_000 });
    await probe('uh' + 'u'.repeat(9) + 'h' + 'u'.repeat(8));
    expect(sentry.words).toEqual([
      'unhealthy: error',
      'healthy again: info',
      'unhealthy: error',
      'healthy again: info',
    ]);
  });

  it('holds back what flaps between degraded and healthy', async () => {
    const { probe, sentry } = checksTold({ degraded: 'warning', minIntervalMs: 60_000 });
    await probe('h' + 'dh'.repeat(25));
    expect(sentry.words).toEqual(['degraded: warning', 'healthy again: info']);
  });

  it('holds back what flaps between unhealthy and degraded', async () => {
    const { probe, sentry } = checksTold({ degraded: 'warning', minIntervalMs: 60_000 });
    await probe('h' + 'ud'.repeat(25));
    expect(sentry.words).toEqual(['unhealthy: error', 'degraded: warning']);
  });
});

describe('whatever a check does', () => {
  const LAST = { h: 'healthy', d: 'degraded', u: 'unhealthy' } as const;
  const letters = fc.array(fc.constantFrom('h', 'd', 'u'), { minLength: 1, maxLength: 40 });
  const settings = fc.record({
    degraded: fc.constantFrom('breadcrumb' as const, 'warning' as const),
    failureThreshold: fc.integer({ min: 1, max: 4 }),
    minIntervalMs: fc.constantFrom(0, 3_000, 15_000),
  });

  it('the last that was told is how it is, once it stays so', async () => {
    await fc.assert(
      fc.asyncProperty(letters, settings, async (played, given) => {
        const { probe, sentry } = checksTold(given);
        await probe(played.join(''));
        const last = played.at(-1) ?? 'h';
        await probe(last.repeat(20));
        const told = [...sentry.events, ...sentry.breadcrumbs];
        const lastEvent = sentry.events.at(-1)?.context?.tags?.['health.status'] ?? 'healthy';
        const noted = sentry.breadcrumbs.at(-1)?.message ?? '';
        // What is degraded may be told by a breadcrumb, which says nothing of what is unhealthy.
        const isTold =
          lastEvent === LAST[last] ||
          (given.degraded === 'breadcrumb' && last === 'd' && noted.endsWith('degraded'));
        expect({ isTold, told: told.length > 0 || last === 'h' }).toEqual({
          isTold: true,
          told: true,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('no two failures are told in one interval, and no two events in a row say the same', async () => {
    await fc.assert(
      fc.asyncProperty(letters, settings, async (played, given) => {
        const { clock, probe, sentry } = checksTold(given);
        const times: number[] = [];
        const take = sentry.captureMessage.bind(sentry);
        sentry.captureMessage = (message, ...rest) => {
          if (message.endsWith(HealthStatus.UNHEALTHY)) times.push(clock.nowMs());
          return take(message, ...rest);
        };
        await probe(played.join(''));
        const gaps = times.slice(1).map((ms, index) => ms - (times[index] ?? 0));
        expect(gaps.every((gap) => gap >= given.minIntervalMs)).toBe(true);
        expect(sentry.words.filter((word, index) => word === sentry.words[index - 1])).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
