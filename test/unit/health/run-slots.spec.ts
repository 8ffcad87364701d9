import { HealthRegistry, HealthStatus } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { RunSlots } from '../../../lib/health/run-slots.js';
import { FakeClock, settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';

describe('slots', () => {
  it('let so many start at once, and the next as one gives its slot back', async () => {
    const slots = new RunSlots(2);
    const started: string[] = [];
    const [first] = ['a', 'b', 'c', 'd'].map((name) => slots.take(() => started.push(name)));
    expect(started).toEqual(['a', 'b']);
    first?.();
    first?.();
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('forget whoever gives up its place in the queue', async () => {
    const slots = new RunSlots(1);
    const started: string[] = [];
    const [first, second] = ['a', 'b', 'c'].map((name) => slots.take(() => started.push(name)));
    second?.();
    first?.();
    await settle();
    expect(started).toEqual(['a', 'c']);
  });

  it('are free again when all have been given back', () => {
    const slots = new RunSlots(1);
    for (let turn = 0; turn < 3; turn += 1) {
      let started = false;
      slots.take(() => (started = true))();
      expect(started).toBe(true);
    }
  });
});

describe('a registry with many checks', () => {
  function registryOf(count: number, fn: () => Promise<void> | void) {
    const clock = new FakeClock();
    const registry = new HealthRegistry({ timeoutMs: 100 }, clock);
    for (let index = 0; index < count; index += 1) registry.registerCheck(`check-${index}`, fn);
    return { clock, registry };
  }

  it('runs 64 at once, and the others as these settle', async () => {
    const gate = new Gate();
    let running = 0;
    let most = 0;
    const { registry } = registryOf(1_000, async () => {
      running += 1;
      most = Math.max(most, running);
      await gate.opened;
      running -= 1;
    });
    const report = registry.run();
    await settle();
    expect(running).toBe(64);
    gate.open();
    expect((await report).status).toBe(HealthStatus.HEALTHY);
    expect(most).toBe(64);
  });

  it('runs all of them where none has to wait', async () => {
    const { registry } = registryOf(10_000, () => {});
    expect((await registry.run()).status).toBe(HealthStatus.HEALTHY);
  });

  it('tells by its deadline of a check that did not get its turn, and never runs it', async () => {
    const { clock, registry } = registryOf(64, () => new Promise(() => {}));
    let called = false;
    registry.registerCheck('last', () => void (called = true), { timeoutMs: 50 });
    const report = registry.run();
    await clock.advance(100);
    expect((await report).checks.at(-1)).toMatchObject({
      name: 'last',
      status: HealthStatus.UNHEALTHY,
      message: 'did not get its turn within 50 ms, as 64 other checks were running',
    });
    expect([called, clock.waiting]).toEqual([false, 0]);
    // What hangs has given its slot back at its deadline, and the rest goes on.
    expect((await registry.runCheck('last')).status).toBe(HealthStatus.HEALTHY);
  });

  it('does not call a check whose turn comes at its deadline', async () => {
    const { clock, registry } = registryOf(64, () => new Promise(() => {}));
    let called = false;
    registry.registerCheck('last', () => void (called = true));
    const report = registry.run();
    await clock.advance(100);
    expect((await report).checks.at(-1)?.message).toContain('did not get its turn within 100 ms');
    expect(called).toBe(false);
  });

  it('tells how much of its time a check has waited for its turn', async () => {
    const gate = new Gate();
    const { clock, registry } = registryOf(64, () => gate.opened);
    registry.registerCheck('last', () => new Promise(() => {}));
    const report = registry.run();
    await clock.advance(60);
    gate.open();
    await clock.advance(40);
    expect((await report).checks.at(-1)).toMatchObject({
      message:
        'no answer within 100 ms, 60 ms of them waiting for its turn, still running since 2026-01-27T10:30:00.060Z',
      latencyMs: 40,
    });
  });

  it('lets no check of the liveness probe wait for the others', async () => {
    const { registry } = registryOf(64, () => new Promise(() => {}));
    registry.registerCheck('alive', () => {}, { probes: ['liveness'] });
    void registry.run();
    await settle();
    expect((await registry.run('liveness')).status).toBe(HealthStatus.HEALTHY);
  });
});
