import {
  HealthRegistry,
  HealthStatus,
  unhealthy,
  type HealthCheckReturn,
} from 'nestjs-observability';
import { expect, it, vi } from 'vitest';
import { FakeClock, settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';

const { HEALTHY, UNHEALTHY } = HealthStatus;

function registryWith(
  fn: () => HealthCheckReturn | Promise<HealthCheckReturn>,
  options: { cacheMs?: number; timeoutMs?: number; failureThreshold?: number } = {},
) {
  const clock = new FakeClock();
  const registry = new HealthRegistry({ timeoutMs: 100 }, clock);
  const check = vi.fn<typeof fn>(fn);
  registry.registerCheck('db', check, options);
  return { clock, registry, check };
}

it('A check without cacheMs runs at each request', async () => {
  const { registry, check } = registryWith(() => HEALTHY);
  await registry.run();
  await registry.run();
  expect(check).toHaveBeenCalledTimes(2);
});

it('A healthy result is served for cacheMs, and then the check runs again', async () => {
  const { clock, registry, check } = registryWith(() => HEALTHY, { cacheMs: 1_000 });
  const first = await registry.runCheck('db');
  await clock.advance(999);
  expect(await registry.runCheck('db')).toBe(first);
  expect(check).toHaveBeenCalledTimes(1);
  await clock.advance(1);
  await registry.run();
  expect(check).toHaveBeenCalledTimes(2);
});

it('A result that is not healthy is served for a tenth of cacheMs, so that a recovery shows soon', async () => {
  const answers = [unhealthy('down'), HEALTHY];
  const { clock, registry, check } = registryWith(() => answers.shift(), { cacheMs: 1_000 });
  await registry.run();
  await clock.advance(99);
  expect((await registry.run()).status).toBe(UNHEALTHY);
  expect(check).toHaveBeenCalledTimes(1);
  await clock.advance(1);
  expect((await registry.run()).status).toBe(HEALTHY);
});

it('A bad result that a threshold holds back is served for a tenth of cacheMs too', async () => {
  const answers = [HEALTHY, UNHEALTHY, UNHEALTHY];
  const { clock, registry, check } = registryWith(() => answers.shift(), {
    cacheMs: 1_000,
    failureThreshold: 2,
  });
  await registry.run();
  await clock.advance(1_000);
  expect((await registry.run()).status).toBe(HEALTHY);
  await clock.advance(100);
  expect((await registry.run()).status).toBe(UNHEALTHY);
  expect(check).toHaveBeenCalledTimes(3);
});

it('The age of a result counts from its end, not from its start', async () => {
  const gate = new Gate();
  const { clock, registry, check } = registryWith(() => gate.opened, {
    cacheMs: 50,
    timeoutMs: 1_000,
  });
  const running = registry.run();
  await clock.advance(500);
  gate.open();
  await running;
  await clock.advance(49);
  await registry.run();
  expect(check).toHaveBeenCalledTimes(1);
});

it('A jump of the wall clock neither prolongs nor ends what is served from memory', async () => {
  const { clock, registry, check } = registryWith(() => HEALTHY, { cacheMs: 1_000 });
  await registry.run();
  clock.jump(-10 * 86_400_000);
  await clock.advance(1_000);
  const { checks } = await registry.run();
  expect(check).toHaveBeenCalledTimes(2);
  expect(checks[0]?.latencyMs).toBe(0);
  clock.jump(20 * 86_400_000);
  await registry.run();
  expect(check).toHaveBeenCalledTimes(2);
});

it('The cacheMs of the registry holds where a check names none, and 0 of a check wins over it', async () => {
  const registry = new HealthRegistry({ cacheMs: 1_000 }, new FakeClock());
  const cached = vi.fn<() => void>();
  const fresh = vi.fn<() => void>();
  registry.registerCheck('cached', cached);
  registry.registerCheck('fresh', fresh, { cacheMs: 0 });
  await registry.run();
  await registry.run();
  expect([cached.mock.calls.length, fresh.mock.calls.length]).toEqual([1, 2]);
});

it('A check that hangs is not run again when its result is no longer served from memory', async () => {
  const { clock, registry, check } = registryWith(() => new Promise(() => {}), { cacheMs: 1_000 });
  const running = registry.run();
  await clock.advance(100);
  await running;
  await clock.advance(5_000);
  await registry.run();
  await settle();
  expect(check).toHaveBeenCalledTimes(1);
});
