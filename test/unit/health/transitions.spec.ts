import { Logger } from '@nestjs/common';
import {
  HealthRegistry,
  HealthStatus,
  unhealthy,
  type HealthCheckReturn,
  type HealthTransition,
} from 'nestjs-observability';
import { describe, expect, it, vi } from 'vitest';
import { FakeClock, settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

function registryOf(...answers: HealthCheckReturn[]) {
  const clock = new FakeClock();
  const registry = new HealthRegistry({}, clock);
  registry.registerCheck('db', () => answers.shift());
  const told: HealthTransition[] = [];
  const remove = registry.onTransition((transition) => told.push(transition));
  return { clock, registry, told, remove };
}

describe('a listener of transitions', () => {
  it('is told of each change once, with the result that brought it', async () => {
    const { clock, registry, told } = registryOf(HEALTHY, unhealthy('refused'), UNHEALTHY, HEALTHY);
    for (let run = 0; run < 4; run += 1) {
      clock.hold(1_000);
      await registry.run();
    }
    expect(told).toMatchObject([
      {
        name: 'db',
        from: HEALTHY,
        to: UNHEALTHY,
        result: { status: UNHEALTHY, message: 'refused' },
        at: new Date('2026-01-27T10:30:02.000Z'),
      },
      { name: 'db', from: UNHEALTHY, to: HEALTHY },
    ]);
  });

  it('is told of a first result only if it is not healthy', async () => {
    const bad = registryOf(DEGRADED);
    const good = registryOf(HEALTHY);
    await Promise.all([bad.registry.run(), good.registry.run()]);
    expect(bad.told).toMatchObject([{ from: undefined, to: DEGRADED }]);
    expect(good.told).toEqual([]);
  });

  it('is told once, however many have asked at the same time', async () => {
    const { registry, told } = registryOf(UNHEALTHY);
    await Promise.all(Array.from({ length: 100 }, () => registry.run()));
    expect(told).toHaveLength(1);
  });

  it('is not told any more once it is removed', async () => {
    const { registry, told, remove } = registryOf(UNHEALTHY);
    remove();
    await registry.run();
    expect(told).toEqual([]);
  });

  it('that was added twice is told twice, and can be removed once', async () => {
    const { registry } = registryOf(UNHEALTHY);
    const listener = vi.fn<() => void>();
    const remove = registry.onTransition(listener);
    registry.onTransition(listener);
    remove();
    remove();
    await registry.run();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('that %s is logged, and harms neither the check nor another listener', async (_what, bad) => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const { registry } = registryOf(UNHEALTHY);
    registry.onTransition(bad);
    const other = vi.fn<() => void>();
    registry.onTransition(other);
    const report = await registry.run();
    await settle();
    expect(report.checks[0]?.message).toBe('');
    expect(other).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls).toEqual([['A listener of health transitions failed: no']]);
    warn.mockRestore();
  });

  it('whose failure the logger does not take harms nobody either', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {
      throw new Error('the disk is full');
    });
    const { registry } = registryOf(UNHEALTHY);
    registry.onTransition(() => {
      throw new Error('no');
    });
    expect((await registry.run()).status).toBe(UNHEALTHY);
    await settle();
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('may remove itself, or the check, or ask for a report, while it is told', async () => {
    const { registry, told, remove } = registryOf(UNHEALTHY);
    const seen: number[] = [];
    registry.onTransition(({ name }) => {
      remove();
      seen.push(registry.report().checks.length);
      registry.unregister(name);
    });
    await registry.run();
    expect([told.length, seen, registry.names()]).toEqual([1, [1], []]);
  });

  it('is not told of what a check says after it was removed', async () => {
    const { registry, told } = registryOf();
    const gate = new Gate<HealthStatus>();
    const remove = registry.registerCheck('late', () => gate.opened);
    const running = registry.run();
    await settle();
    remove();
    gate.open(UNHEALTHY);
    await running;
    await settle();
    expect(told).toEqual([]);
  });

  it('is not told of what fails because the application closes', async () => {
    const { registry, told } = registryOf(HEALTHY, UNHEALTHY);
    await registry.run();
    registry.closing();
    expect((await registry.run()).status).toBe(UNHEALTHY);
    expect(told).toEqual([]);
  });

  it.each([undefined, null, 'log', {}])('cannot be %j', (listener) => {
    expect(() => new HealthRegistry().onTransition(listener as never)).toThrow(
      /^onTransition\(\) takes a function; got /,
    );
  });
});

describe('the history of a check', () => {
  it('holds its last 20 results and transitions, oldest first', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({}, clock);
    let runs = 0;
    registry.registerCheck('flaps', () => {
      runs += 1;
      return unhealthyEvery(2, runs);
    });
    for (let run = 0; run < 50; run += 1) await registry.run();
    const { results, transitions } = registry.history('flaps');
    expect(results.map(({ message }) => message)).toEqual(numbers(31, 50));
    expect(transitions.map(({ result }) => result.message)).toEqual(numbers(31, 50));
    expect(transitions.at(-1)).toMatchObject({ from: HEALTHY, to: UNHEALTHY });
  });

  it('is empty before the first run, and a copy that nobody can change', async () => {
    const { registry } = registryOf(HEALTHY);
    expect(registry.history('db')).toEqual({ results: [], transitions: [] });
    await registry.run();
    (registry.history('db').results as unknown[]).length = 0;
    expect(registry.history('db').results).toHaveLength(1);
  });

  it('is refused for a check that is not there, with the names of those that are', () => {
    expect(() => registryOf().registry.history('bd')).toThrow(
      'There is no health check "bd". Registered: db.',
    );
  });
});

function unhealthyEvery(nth: number, run: number): HealthCheckReturn {
  return { status: run % nth === 0 ? UNHEALTHY : HEALTHY, message: String(run) };
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}
