import { degraded, HealthRegistry, HealthStatus, unhealthy } from 'nestjs-observability';
import { describe, expect, it, vi } from 'vitest';
import { FakeClock, settle } from '../../support/fake-clock.js';

const ok = (): void => {};

describe('a registry of checks', () => {
  it('is healthy without any check', async () => {
    const clock = new FakeClock();
    expect(await new HealthRegistry({}, clock).run()).toEqual({
      status: HealthStatus.HEALTHY,
      timestamp: clock.date(),
      checks: [],
    });
  });

  it('lists checks in order of registration, module checks last', async () => {
    const registry = new HealthRegistry();
    registry.add('module:billing', ok, {}, 'BillingModule');
    registry.registerCheck('b', ok);
    registry.registerCheck('a', ok);
    expect(registry.names()).toEqual(['b', 'a', 'module:billing']);
    expect((await registry.run()).checks.map((check) => check.name)).toEqual(registry.names());
  });

  it('registers by call, and gives back what removes the check', () => {
    const registry = new HealthRegistry();
    const remove = registry.registerCheck('redis', ok);
    expect(registry.has('redis')).toBe(true);
    remove();
    expect(registry.has('redis')).toBe(false);
  });

  it('removes with an old handle only what that handle registered', () => {
    const registry = new HealthRegistry();
    const remove = registry.registerCheck('redis', ok);
    registry.unregister('redis');
    registry.registerCheck('redis', ok);
    remove();
    expect(registry.has('redis')).toBe(true);
  });

  it('says whether there was a check to unregister', () => {
    const registry = new HealthRegistry();
    registry.registerCheck('redis', ok);
    expect([registry.unregister('redis'), registry.unregister('redis')]).toEqual([true, false]);
  });

  it('refuses a name that is taken, naming both owners', () => {
    const registry = new HealthRegistry();
    registry.add('db', ok, {}, 'OrdersModule / DatabaseHealth.check');
    expect(() => registry.registerCheck('db', ok)).toThrow(
      'Health check "db" is registered twice: by OrdersModule / DatabaseHealth.check and by a call of registerCheck().',
    );
  });

  it.each([
    ['', 'got "" (string)'],
    ['a b', 'got "a b" (string)'],
    ['x'.repeat(65), '1 to 64'],
    ['module:billing', 'kept for the hooks of modules'],
    [7 as never, 'got 7 (number)'],
  ])('refuses the name %j', (name, message) => {
    expect(() => new HealthRegistry().registerCheck(name, ok)).toThrow(message);
  });

  it.each([
    [{ timeoutMs: 0 }, 'timeoutMs is 0 (number)'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs is NaN (number)'],
    [{ timeoutMs: 2 ** 31 }, 'timeoutMs is 2147483648 (number)'],
    [{ timeoutMs: '5' }, 'timeoutMs is "5" (string)'],
    [{ cacheMs: -1 }, 'cacheMs is -1 (number)'],
    [{ cacheMs: Number.POSITIVE_INFINITY }, 'cacheMs is Infinity (number)'],
    [{ intervalMs: 0 }, 'intervalMs is 0 (number)'],
    [{ intervalMs: '1s' }, 'intervalMs is "1s" (string)'],
    [{ failureThreshold: 0 }, 'failureThreshold is 0 (number)'],
    [{ failureThreshold: 1.5 }, 'failureThreshold is 1.5 (number)'],
    [{ successThreshold: 101 }, 'successThreshold is 101 (number)'],
    [{ critical: 'no' }, 'critical is "no" (string)'],
    [{ probes: ['startup'] }, 'probes is'],
    [{ probes: 'readiness' }, 'probes is "readiness" (string)'],
    [
      { timeout: 5 },
      'an option is "timeout" (string); accepted is one of timeoutMs, cacheMs, intervalMs, critical, probes, failureThreshold, successThreshold',
    ],
    [[], 'options is'],
  ])('refuses the options %j', (options, message) => {
    expect(() => new HealthRegistry().registerCheck('db', ok, options as never)).toThrow(
      `Health check "db": ${message}`,
    );
  });

  it('refuses a check that is no function', () => {
    expect(() => new HealthRegistry().registerCheck('db', null as never)).toThrow(
      'Health check "db": the check is null; accepted is a function.',
    );
  });

  it('runs one check by its name', async () => {
    const registry = new HealthRegistry();
    registry.registerCheck('db', () => unhealthy('down'));
    expect(await registry.runCheck('db')).toMatchObject({ name: 'db', message: 'down' });
  });

  it('rejects an unknown name, and says which are known', async () => {
    const registry = new HealthRegistry();
    registry.registerCheck('db', ok);
    await expect(registry.runCheck('bd')).rejects.toThrow(
      'There is no health check "bd". Registered: db.',
    );
  });

  it('keeps every result when one check throws, hangs or returns nonsense', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({ timeoutMs: 50 }, clock);
    registry.registerCheck('good', ok);
    registry.registerCheck('throws', () => {
      throw new Error('refused');
    });
    registry.registerCheck('hangs', () => new Promise(() => {}));
    registry.registerCheck('nonsense', () => true as never);
    const running = registry.run();
    await clock.advance(50);
    expect((await running).checks.map((check) => [check.name, check.status])).toEqual([
      ['good', 'healthy'],
      ['throws', 'unhealthy'],
      ['hangs', 'unhealthy'],
      ['nonsense', 'unhealthy'],
    ]);
  });

  it('shares one run among all who ask at the same time', async () => {
    const registry = new HealthRegistry();
    const check = vi.fn<() => Promise<void>>(() => settle());
    registry.registerCheck('db', check);
    await Promise.all(Array.from({ length: 1_000 }, () => registry.run()));
    expect(check).toHaveBeenCalledTimes(1);
    await registry.run();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('starts no second run before the first has settled, and answers at once meanwhile', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({ timeoutMs: 50 }, clock);
    const gate = new AbortController();
    const opened = new Promise<void>((resolve) => {
      gate.signal.addEventListener('abort', () => resolve());
    });
    const check = vi.fn<() => Promise<void>>(() => opened);
    registry.registerCheck('db', check);
    const first = registry.run();
    await clock.advance(50);
    await first;
    expect((await registry.run()).checks[0]?.message).toContain('still running since');
    expect(check).toHaveBeenCalledTimes(1);
    gate.abort();
    await settle();
    expect((await registry.run()).status).toBe(HealthStatus.HEALTHY);
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('gives a check its own deadline, and the registry’s where it names none', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({ timeoutMs: 50 }, clock);
    registry.registerCheck('own', () => new Promise(() => {}), { timeoutMs: 10 });
    registry.registerCheck('default', () => new Promise(() => {}));
    const running = registry.run();
    await clock.advance(10);
    await clock.advance(40);
    expect((await running).checks.map((check) => check.message)).toEqual([
      expect.stringContaining('no answer within 10 ms'),
      expect.stringContaining('no answer within 50 ms'),
    ]);
  });

  it('waits 800 ms where nobody says otherwise', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({}, clock);
    registry.registerCheck('db', () => new Promise(() => {}));
    const running = registry.run();
    await clock.advance(800);
    expect((await running).checks[0]?.message).toContain('no answer within 800 ms');
  });

  it('runs only the checks that count for a probe', async () => {
    const registry = new HealthRegistry();
    registry.registerCheck('default', ok);
    registry.registerCheck('live', ok, { probes: ['liveness'] });
    registry.registerCheck('none', ok, { probes: [] });
    const names = async (probe?: 'liveness' | 'readiness'): Promise<string[]> =>
      (await registry.run(probe)).checks.map((check) => check.name);
    expect(await names()).toEqual(['default', 'live', 'none']);
    expect(await names('readiness')).toEqual(['default']);
    expect(await names('liveness')).toEqual(['live']);
  });

  it('aborts the run of a check that is removed', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({}, clock);
    const remove = registry.registerCheck('db', () => new Promise(() => {}));
    const running = registry.run();
    await settle();
    remove();
    expect((await running).checks[0]?.message).toBe('stopped: the check was removed');
    expect(clock.waiting).toBe(0);
  });

  it('survives a check that unregisters itself while it runs', async () => {
    const registry = new HealthRegistry();
    registry.registerCheck('once', () => {
      registry.unregister('once');
    });
    expect((await registry.run()).checks).toHaveLength(1);
    expect((await registry.run()).checks).toHaveLength(0);
  });

  it('ends a check that asks the registry for itself, at its deadline', async () => {
    const clock = new FakeClock();
    const registry = new HealthRegistry({ timeoutMs: 50 }, clock);
    registry.registerCheck('loop', async () => {
      await registry.run();
    });
    const running = registry.run();
    await clock.advance(50);
    expect((await running).checks[0]?.message).toContain('no answer within 50 ms');
  });
});

describe('the last known report', () => {
  it('runs nothing, and a check that has not run yet is unhealthy', () => {
    const registry = new HealthRegistry();
    const check = vi.fn<() => void>(ok);
    registry.registerCheck('db', check);
    expect(registry.report()).toMatchObject({
      status: HealthStatus.UNHEALTHY,
      checks: [{ name: 'db', message: 'has not run yet', latencyMs: 0 }],
    });
    expect(check).not.toHaveBeenCalled();
  });

  it('holds what each check said last', async () => {
    const registry = new HealthRegistry();
    const answers = [undefined, degraded('slow')];
    registry.registerCheck('db', () => answers.shift());
    await registry.run();
    expect(registry.report().status).toBe(HealthStatus.HEALTHY);
    await registry.runCheck('db');
    expect(registry.report()).toMatchObject({
      status: HealthStatus.DEGRADED,
      checks: [{ message: 'slow' }],
    });
  });
});

describe('the overall status', () => {
  const report = async (
    ...checks: [status: HealthStatus, critical: boolean][]
  ): Promise<string> => {
    const registry = new HealthRegistry();
    for (const [index, [status, critical]] of checks.entries()) {
      registry.registerCheck(`check-${index}`, () => status, { critical });
    }
    return (await registry.run()).status;
  };
  const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

  it.each<[string, [HealthStatus, boolean][], HealthStatus]>([
    [
      'healthy when all are',
      [
        [HEALTHY, true],
        [HEALTHY, true],
      ],
      HEALTHY,
    ],
    [
      'degraded when one is',
      [
        [HEALTHY, true],
        [DEGRADED, true],
      ],
      DEGRADED,
    ],
    [
      'unhealthy when one is',
      [
        [HEALTHY, true],
        [UNHEALTHY, true],
        [DEGRADED, true],
      ],
      UNHEALTHY,
    ],
    [
      'degraded when one that is not critical is unhealthy',
      [
        [HEALTHY, true],
        [UNHEALTHY, false],
      ],
      DEGRADED,
    ],
    [
      'unhealthy when a critical one is beside one that is not',
      [
        [UNHEALTHY, false],
        [UNHEALTHY, true],
      ],
      UNHEALTHY,
    ],
    ['degraded when one that is not critical is degraded', [[DEGRADED, false]], DEGRADED],
    ['healthy when one that is not critical is', [[HEALTHY, false]], HEALTHY],
  ])('is %s', async (_what, checks, status) => {
    expect(await report(...checks)).toBe(status);
  });
});
