import { HealthRegistry, HealthStatus, type HealthCheckReturn } from 'nestjs-observability';
import { describe, expect, it, vi } from 'vitest';
import { BackgroundRuns } from '../../../lib/health/background-runs.js';
import { FakeClock } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';

const { HEALTHY, UNHEALTHY } = HealthStatus;

function registryWith(fn: () => HealthCheckReturn | Promise<HealthCheckReturn> = () => HEALTHY) {
  const clock = new FakeClock();
  const registry = new HealthRegistry({}, clock);
  const check = vi.fn<typeof fn>(fn);
  registry.registerCheck('db', check, { intervalMs: 1_000, timeoutMs: 100 });
  return { clock, registry, check };
}

describe('a check with an interval', () => {
  it('has no timers, and is run when asked, until the application listens', async () => {
    const { clock, registry, check } = registryWith();
    await registry.run();
    await registry.run();
    await clock.advance(10_000);
    expect(check).toHaveBeenCalledTimes(2);
    expect(clock.waiting).toBe(0);
  });

  it('runs on its own once the application listens, about once in each interval', async () => {
    const { clock, registry, check } = registryWith();
    registry.startBackground();
    await clock.advance(100_000);
    // The first at once, the second within one interval, and then 0.9 to 1.1 intervals between any two.
    expect(check.mock.calls.length).toBeGreaterThanOrEqual(90);
    expect(check.mock.calls.length).toBeLessThanOrEqual(113);
  });

  it('answers from memory, however often it is asked', async () => {
    const { clock, registry, check } = registryWith();
    registry.startBackground();
    await clock.advance(0);
    const known = check.mock.calls.length;
    const reports = await Promise.all(Array.from({ length: 100 }, () => registry.run()));
    expect(new Set(reports.map(({ checks }) => checks[0])).size).toBe(1);
    expect(check).toHaveBeenCalledTimes(known);
  });

  it('makes whoever asks before the first result wait for it', async () => {
    const gate = new Gate();
    const { registry, check } = registryWith(() => gate.opened);
    registry.startBackground();
    const asked = registry.run();
    gate.open();
    expect((await asked).status).toBe(HEALTHY);
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('that was registered while the application listens runs at once', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({}, clock);
    registry.startBackground();
    const check = vi.fn<() => void>();
    registry.registerCheck('late', check, { intervalMs: 60_000 });
    await clock.advance(0);
    expect(check).toHaveBeenCalledTimes(1);
    expect(registry.report().status).toBe(HEALTHY);
  });

  it('never overlaps, and is unhealthy while it hangs', async () => {
    const gates: Gate[] = [];
    const { clock, registry, check } = registryWith(() => {
      const gate = new Gate();
      gates.push(gate);
      return gate.opened;
    });
    registry.startBackground();
    await clock.advance(20_000);
    expect(check).toHaveBeenCalledTimes(1);
    expect(registry.report()).toMatchObject({
      status: UNHEALTHY,
      checks: [{ message: expect.stringContaining('still running since') }],
    });
    gates[0]?.open();
    await clock.advance(1_200);
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('stays out of the way of the process’s end', async () => {
    const { clock, registry } = registryWith();
    registry.startBackground();
    await clock.advance(5_000);
    expect([clock.waiting, clock.keepingAlive]).toEqual([1, 0]);
  });

  it('stops when it is removed, and when the application closes', async () => {
    const { clock, registry, check } = registryWith();
    const other = vi.fn<() => void>();
    registry.registerCheck('other', other, { intervalMs: 1_000 });
    registry.startBackground();
    await clock.advance(0);
    registry.unregister('other');
    registry.closing();
    const known = check.mock.calls.length + other.mock.calls.length;
    await clock.advance(60_000);
    expect(check.mock.calls.length + other.mock.calls.length).toBe(known);
    expect(clock.waiting).toBe(0);
  });

  it('is run when asked while the application closes, and not from stale memory', async () => {
    const { registry, check } = registryWith();
    registry.startBackground();
    await registry.run();
    registry.closing();
    const known = check.mock.calls.length;
    await registry.run();
    expect(check).toHaveBeenCalledTimes(known + 1);
  });
});

it('A check without an interval is run when asked, also while the application listens', async () => {
  const clock = new FakeClock();
  const registry = new HealthRegistry({}, clock);
  const answers = [HEALTHY, UNHEALTHY];
  registry.registerCheck('db', () => answers.shift());
  registry.startBackground();
  await clock.advance(0);
  expect(clock.waiting).toBe(0);
  expect([(await registry.run()).status, (await registry.run()).status]).toEqual([
    HEALTHY,
    UNHEALTHY,
  ]);
});

describe('a result of a check with an interval', () => {
  it('is unhealthy once it is older than two intervals and a deadline', async () => {
    const { clock, registry } = registryWith();
    registry.startBackground();
    await clock.advance(0);
    expect((await registry.run()).status).toBe(HEALTHY);
    // A suspended process: time passes, and no timer fires.
    clock.hold(2_100);
    expect((await registry.run()).status).toBe(HEALTHY);
    clock.hold(1);
    expect((await registry.run()).checks).toMatchObject([
      {
        status: UNHEALTHY,
        message: 'no result since 2026-01-27T10:30:00.000Z; 2100 ms are allowed',
        details: {},
      },
    ]);
    expect(registry.report().status).toBe(UNHEALTHY);
  });

  it('is healthy again after the next run, without any run made up for', async () => {
    const { clock, registry, check } = registryWith();
    registry.startBackground();
    await clock.advance(0);
    const known = check.mock.calls.length;
    clock.hold(3_600_000);
    expect(registry.report().status).toBe(UNHEALTHY);
    await clock.advance(0);
    expect(registry.report().status).toBe(HEALTHY);
    expect(check).toHaveBeenCalledTimes(known + 1);
  });

  it('that goes stale is one transition, however often it is looked at', async () => {
    const { clock, registry } = registryWith();
    const told: string[] = [];
    registry.onTransition(({ from, to }) => told.push(`${from} to ${to}`));
    registry.startBackground();
    await clock.advance(0);
    clock.hold(10_000);
    registry.report();
    registry.report();
    expect(registry.history('db').results).toHaveLength(2);
    await clock.advance(0);
    expect(told).toEqual(['healthy to unhealthy', 'unhealthy to healthy']);
  });
});

describe('background runs', () => {
  it.each([
    [0, [0, 900, 1_800]],
    [0.5, [500, 1_500, 2_500]],
    [1, [1_000, 2_100, 3_200]],
  ])('begin and stray from the interval by chance: %d gives runs at %j', async (random, times) => {
    const clock = new FakeClock();
    const ran: number[] = [];
    const run = async (): Promise<void> => void ran.push(clock.nowMs());
    const runs = new BackgroundRuns(run, 1_000, clock, () => random);
    await clock.advance(3_500);
    runs.stop();
    expect(ran.slice(0, 3)).toEqual(times);
  });

  it('can be stopped in the middle of one', async () => {
    const clock = new FakeClock();
    const gate = new Gate();
    const runs = new BackgroundRuns(
      () => gate.opened,
      1_000,
      clock,
      () => 0,
    );
    await clock.advance(0);
    runs.stop();
    gate.open();
    await clock.advance(10_000);
    expect(clock.waiting).toBe(0);
  });
});
