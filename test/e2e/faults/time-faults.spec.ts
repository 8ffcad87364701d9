import { HealthRegistry } from 'nestjs-observability';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { bootFaulty } from './faulty-app.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

afterEach(() => vi.useRealTimers());

describe.each(PLATFORMS)('on %s', (platform) => {
  it.each([-10, 10])(
    'a wall clock that jumps %i days makes no result older, and no run longer',
    async (days) => {
      const { add, ask } = await bootFaulty(platform);
      vi.useFakeTimers({ toFake: ['Date'] });
      const jump = (): void => void vi.setSystemTime(Date.now() + days * DAY_MS);
      let runs = 0;
      add(
        { name: 'cached', check: () => void (runs += 1), cacheMs: 3_600_000 },
        { name: 'jumps', check: async () => jump(), timeoutMs: 5_000 },
        { name: 'in-background', check: () => {}, intervalMs: 3_600_000 },
      );
      const before = await ask('cached');
      jump();
      expect(await ask('cached')).toEqual(before);
      expect(runs).toBe(1);
      expect(await ask('in-background')).toMatchObject({ status: 'healthy', message: '' });
      const jumped = await ask('jumps');
      expect(jumped).toMatchObject({ status: 'healthy', message: '' });
      expect(jumped.latency_ms).toBeLessThan(5_000);
      // The time of day is told as it is.
      const moved = (Date.parse(jumped.checked_at) - Date.parse(before.checked_at)) / DAY_MS;
      expect(Math.sign(moved)).toBe(Math.sign(days));
    },
  );

  it('a check that hangs meets its deadline while a test has put fake timers in place', async () => {
    const { add, ask } = await bootFaulty(platform);
    add({ name: 'hangs', check: () => new Promise(() => {}), timeoutMs: 50 });
    const asked = ask('hangs');
    vi.useFakeTimers();
    expect((await asked).message).toMatch(/^no answer within 50 ms/);
  });
});

it.each([
  ['those that Vitest fakes', undefined],
  [
    'those that Jest fakes',
    ['Date', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'] as const,
  ],
])(
  'A registry runs its checks and keeps its deadlines under fake timers: %s',
  async (_which, fake) => {
    vi.useFakeTimers(fake === undefined ? {} : { toFake: [...fake] });
    const registry = new HealthRegistry({ timeoutMs: 50 });
    registry.registerCheck('good', async () => {});
    registry.registerCheck('hangs', () => new Promise(() => {}));
    expect((await registry.run()).checks).toMatchObject([
      { status: 'healthy' },
      { status: 'unhealthy', message: expect.stringMatching(/^no answer within 50 ms/) },
    ]);
  },
  10_000,
);
