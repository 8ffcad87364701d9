import { HealthRegistry } from 'nestjs-observability';
import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/clock.js';

afterEach(() => {
  vi.useRealTimers();
});

it('A check that hangs meets its deadline even while a test has put fake timers in place', async () => {
  vi.useFakeTimers();
  const registry = new HealthRegistry({ timeoutMs: 20 });
  registry.registerCheck('hangs', () => new Promise(() => {}));
  expect((await registry.run()).checks[0]?.message).toContain('no answer within 20 ms');
});

it('Durations do not follow a fake time', () => {
  const before = systemClock.nowMs();
  vi.useFakeTimers();
  vi.advanceTimersByTime(3_600_000);
  expect(systemClock.nowMs() - before).toBeLessThan(3_600_000);
});
