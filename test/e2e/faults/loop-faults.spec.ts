import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { healthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { hold, thenable } from './fault.js';
import { bootFaulty, checkIn, type Planned } from './faulty-app.js';

/** Each holds the event loop for 400 ms, with a deadline of 50 ms, in a way that shows whose work it is. */
const BLOCKING: readonly (readonly [string, Planned['check']])[] = [
  ['before it returns', () => (hold(400), healthy())],
  ['before it throws', () => (hold(400), Promise.reject(new Error('refused')))],
  ['in the then of what it returns', () => thenable((ok) => (hold(400), ok(healthy())))],
  [
    'in a getter of its details',
    () =>
      healthy('', Object.defineProperty({}, 'slow', { get: () => hold(400), enumerable: true })),
  ],
];

/** The same, in a way that may as well be the work of another check that waits. */
const IN_DOUBT: typeof BLOCKING = [
  [
    'after it has waited',
    async () => {
      await delay(1);
      hold(400);
    },
  ],
  [
    'with microtasks',
    async () => {
      const end = performance.now() + 400;
      while (performance.now() < end) await Promise.resolve();
    },
  ],
];

/** They answer well within their deadline of 300 ms, were it not for the one that holds the loop. */
const NEIGHBOURS: readonly Planned[] = [
  { name: 'sync', check: () => {} },
  { name: 'microtask', check: async () => {} },
  { name: 'timer', check: () => delay(5) },
  { name: 'file', check: () => readFile('/dev/null').then(() => healthy()) },
  { name: 'next-turn', check: () => new Promise<void>((resolve) => void setImmediate(resolve)) },
].map((neighbour) => ({ ...neighbour, timeoutMs: 300 }));

describe.each(PLATFORMS)('on %s', (platform) => {
  it.each(BLOCKING)(
    'a check that holds the event loop %s is unhealthy and named with the time, and its neighbours are not',
    async (_when, check) => {
      const around = [
        ...NEIGHBOURS.map((one) => ({ ...one, name: `${one.name}-before` })),
        { name: 'blocks', check, timeoutMs: 50 },
        ...NEIGHBOURS.map((one) => ({ ...one, name: `${one.name}-after` })),
      ];
      // Registered after the first run of all checks, so that it is on its own.
      const { add, health, get } = await bootFaulty(platform);
      add(...around);
      const body = await health();
      const blocks = checkIn(body, 'blocks');
      expect(blocks.status).toBe('unhealthy');
      expect(blocks.message).toMatch(/past its deadline of 50 ms|no answer within 50 ms/);
      expect(blocks.message).toMatch(
        /(held the event loop|the event loop stood still) for \d{3,4} ms/,
      );
      expect(blocks.details['event_loop_held_ms']).toBeGreaterThanOrEqual(300);
      const others = body.checks.filter(({ name }) => name !== 'blocks');
      expect(others).toHaveLength(2 * NEIGHBOURS.length);
      expect(others.filter(({ status }) => status !== 'healthy')).toEqual([]);
      expect((await get('/health/live')).status).toBe(200);
    },
  );

  it.each(IN_DOUBT)(
    'a check that holds the event loop %s is not healthy, and no neighbour is unhealthy for it',
    async (_when, check) => {
      const { add, health } = await bootFaulty(platform);
      add(...NEIGHBOURS, { name: 'blocks', check, timeoutMs: 50 });
      const body = await health();
      const blocks = checkIn(body, 'blocks');
      expect(blocks.status).not.toBe('healthy');
      expect(blocks.message).toMatch(/past its deadline of 50 ms|no answer within 50 ms/);
      expect(blocks.message).toMatch(/the event loop stood still for \d{3,4} ms while it ran/);
      const others = body.checks.filter(({ name }) => name !== 'blocks');
      expect(others.filter(({ status }) => status === 'unhealthy')).toEqual([]);
    },
  );

  it.each(IN_DOUBT)(
    'a check that holds the event loop %s, with nobody beside it, is unhealthy',
    async (_when, check) => {
      const { add, ask } = await bootFaulty(platform);
      add({ name: 'blocks', check, timeoutMs: 50 });
      expect(await ask('blocks')).toMatchObject({
        status: 'unhealthy',
        message: expect.stringMatching(/the event loop stood still for \d{3,4} ms while it ran$/),
      });
    },
  );

  it('a check that holds the event loop between two waits is told of it, and no neighbour is unhealthy for it', async () => {
    const { add, health } = await bootFaulty(platform);
    const check = async (): Promise<void> => {
      await delay(1);
      hold(400);
      await delay(1);
    };
    add({ name: 'blocks', check }, ...NEIGHBOURS);
    const { checks } = await health();
    expect(checks.filter(({ status }) => status === 'unhealthy')).toEqual([]);
    expect(checks[0]?.message).toMatch(/^the event loop stood still for \d{3,4} ms while it ran$/);
  });

  it('a check with many microtasks that come to an end is healthy, and so are its neighbours', async () => {
    const { add, health } = await bootFaulty(platform);
    const check = async (): Promise<void> => {
      for (let turn = 0; turn < 100_000; turn += 1) await Promise.resolve();
    };
    add(
      { name: 'many-microtasks', check },
      ...NEIGHBOURS.map((one) => ({ ...one, timeoutMs: undefined })),
    );
    expect((await health()).status).toBe('healthy');
  });

  it('a check that held the event loop once says so once, and is healthy the next time', async () => {
    const { add, ask, log } = await bootFaulty(platform);
    const holds = [400, 0];
    add({ name: 'blocks', check: () => hold(holds.shift() ?? 0), timeoutMs: 50 });
    expect((await ask('blocks')).status).toBe('unhealthy');
    expect(await ask('blocks')).toMatchObject({ status: 'healthy', message: '', details: {} });
    expect(log.ours('warn').filter((line) => line.includes('event loop'))).toEqual([
      expect.stringMatching(/^Health check "blocks": held the event loop for \d{3,4} ms$/),
    ]);
  });
});
