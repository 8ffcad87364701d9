import {
  HealthRegistry,
  HealthStatus,
  unhealthy,
  type HealthCheckReturn,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { StatusJudge } from '../../../lib/health/status-judge.js';
import { FakeClock } from '../../support/fake-clock.js';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

/** One letter for each status: healthy, degraded, unhealthy. */
const WORDS: Readonly<Record<string, HealthStatus>> = { h: HEALTHY, d: DEGRADED, u: UNHEALTHY };

describe('what counts after a row of results', () => {
  it.each([
    // failures, successes, results, what counts
    [1, 1, 'hduh', 'hduh'],
    [1, 1, 'uhuh', 'uhuh'],
    [3, 1, 'huuu', 'hhhu'],
    [3, 1, 'huuhuuhuuu', 'hhhhhhhhhu'],
    [3, 1, 'uh', 'uh'],
    [1, 3, 'uhhh', 'uuuh'],
    [1, 3, 'uhhuhhh', 'uuuuuuh'],
    [2, 2, 'huhuhu', 'hhhhhh'],
    [2, 2, 'uhuhuh', 'uuuuuu'],
    // The very first result counts at once, good or bad.
    [5, 5, 'u', 'u'],
    [5, 5, 'h', 'h'],
    [5, 5, 'd', 'd'],
    // A mixed row counts for the mildest of it as it gets worse, and for the worst of it as it gets better.
    [2, 2, 'hdu', 'hhd'],
    [2, 2, 'hud', 'hhd'],
    [2, 2, 'hduu', 'hhdu'],
    [2, 2, 'udh', 'uud'],
    [2, 2, 'uhd', 'uud'],
    [2, 2, 'uhdhh', 'uuddh'],
    [3, 1, 'duuu', 'dddu'],
    [2, 3, 'duhhh', 'ddddh'],
    [2, 3, 'dhuu', 'dddu'],
    [3, 2, 'duhh', 'dddh'],
  ])('with thresholds %d and %d, results %s count as %s', (failures, successes, raw, counted) => {
    const judge = new StatusJudge({ failureThreshold: failures, successThreshold: successes });
    const statuses = raw.split('').map((letter) => judge.judge(WORDS[letter] ?? UNHEALTHY));
    expect(statuses.map((status) => status[0]).join('')).toBe(counted);
    expect(judge.status).toBe(statuses.at(-1));
  });

  it('is nothing before the first result', () => {
    expect(new StatusJudge({ failureThreshold: 1, successThreshold: 1 }).status).toBeUndefined();
  });

  it('begins anew with a status that was forced', () => {
    const judge = new StatusJudge({ failureThreshold: 2, successThreshold: 2 });
    judge.judge(HEALTHY);
    judge.judge(HEALTHY);
    judge.force(UNHEALTHY);
    expect([judge.judge(HEALTHY), judge.judge(HEALTHY)]).toEqual([UNHEALTHY, HEALTHY]);
  });
});

describe('a check with thresholds', () => {
  function checkThat(
    answers: HealthCheckReturn[],
    options: { failureThreshold?: number; successThreshold?: number },
  ) {
    const registry = new HealthRegistry({}, new FakeClock());
    registry.registerCheck('db', () => answers.shift(), options);
    return registry;
  }

  it('tells the raw status, with its message, while a failure does not count yet', async () => {
    const registry = checkThat([HEALTHY, unhealthy('refused', { host: 'db' })], {
      failureThreshold: 2,
    });
    await registry.run();
    expect(await registry.run()).toMatchObject({
      status: HEALTHY,
      checks: [
        { status: HEALTHY, message: 'refused', details: { host: 'db', raw_status: 'unhealthy' } },
      ],
    });
  });

  it('tells the raw status, and what it waits for, while a recovery does not count yet', async () => {
    const registry = checkThat([UNHEALTHY, HEALTHY], { successThreshold: 3 });
    await registry.run();
    expect((await registry.run()).checks).toMatchObject([
      {
        status: UNHEALTHY,
        message: 'healthy now, which counts after 3 results in a row',
        details: { raw_status: 'healthy' },
      },
    ]);
  });

  it('says something where it is not healthy, and what it says now does not count', async () => {
    const registry = checkThat([UNHEALTHY, DEGRADED], { successThreshold: 2 });
    await registry.run();
    expect((await registry.run()).checks[0]?.message).toBe(
      'degraded now, which counts after 2 results in a row',
    );
  });

  it('has no raw status where it is the one that counts', async () => {
    const registry = checkThat([UNHEALTHY], { failureThreshold: 3 });
    expect((await registry.run()).checks[0]?.details).toEqual({});
  });

  it('does not stay healthy by hanging: each deadline that passes again is one more failure', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({ timeoutMs: 100 }, clock);
    const answers: (() => HealthCheckReturn | Promise<HealthCheckReturn>)[] = [
      () => HEALTHY,
      () => new Promise(() => {}),
    ];
    registry.registerCheck('db', () => answers.shift()?.(), { failureThreshold: 3 });
    await registry.run();
    const first = registry.run();
    await clock.advance(100);
    expect((await first).status).toBe(HEALTHY);

    // However often it is asked within one deadline, that is no further failure.
    for (let times = 0; times < 10; times += 1) await registry.run();
    expect((await registry.run()).status).toBe(HEALTHY);
    await clock.advance(100);
    expect((await registry.run()).status).toBe(HEALTHY);
    await clock.advance(100);
    expect((await registry.run()).status).toBe(UNHEALTHY);
  });
});
