import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { MetricsRegistry } from '../../../../lib/metrics/metrics.registry.js';
import { EventLoop } from '../../../../lib/metrics/runtime/event-loop.js';
import { FakeClock, settle } from '../../../support/fake-clock.js';
import { registryOn } from '../registry-on.js';
import { scrape, valueOf, type Samples } from './samples.js';

const MAX = 'nodejs_eventloop_lag_max_seconds';
const MIN = 'nodejs_eventloop_lag_min_seconds';
const UTILIZATION = 'nodejs_eventloop_utilization';
const SECONDS = ['', '_min', '_max', '_mean', '_stddev', '_p50', '_p90', '_p99'];

/** How often Node samples, in seconds. */
const RESOLUTION = 0.01;

interface Measured {
  readonly registry: MetricsRegistry;
  readonly clock: FakeClock;
  readonly loop: EventLoop;
}

/** Windows go by the clock of the test; what happens in them is real. */
function measured(): Measured {
  const registry = registryOn();
  const clock = new FakeClock();
  const loop = new EventLoop(registry, clock);
  onTestFinished(() => loop.stop());
  return { registry, clock, loop };
}

/** Waits until Node has taken a sample. */
async function sampled(registry: MetricsRegistry): Promise<void> {
  while (!(await scrape(registry)).has(MAX)) await delay(1);
}

/** Holds the event loop; the seconds that it has been held at least. */
function hold(ms: number): number {
  const start = performance.now();
  while (performance.now() - start < ms);
  return ms / 1_000;
}

const lagIn = (samples: Samples): (number | undefined)[] =>
  SECONDS.map((what) => samples.get(`nodejs_eventloop_lag${what}_seconds`));

const allIn = (samples: Samples): (number | undefined)[] => [
  ...lagIn(samples),
  samples.get(UTILIZATION),
];

const NONE = allIn(new Map());

describe('while nothing measures', () => {
  it('there are no series', async () => {
    const { registry } = measured();
    await settle();

    expect(allIn(await scrape(registry))).toEqual(NONE);
  });

  it('there are none either once it has ended, and measuring begins anew', async () => {
    const { registry, clock, loop } = measured();
    loop.start();
    await sampled(registry);
    const held = hold(500);
    clock.hold(10_000);
    await scrape(registry);
    loop.stop();

    expect(allIn(await scrape(registry))).toEqual(NONE);

    loop.start();
    await sampled(registry);

    expect(valueOf(await scrape(registry), MAX)).toBeLessThan(held);
  });

  it('nothing is shown that no sample stands for, however long the first one takes', async () => {
    const { registry, clock, loop } = measured();
    loop.start();
    clock.hold(60_000);
    const shown = allIn(await scrape(registry));

    // On a busy machine there may be a sample by now.
    expect(shown.filter((value) => value !== undefined && !(value < 60))).toEqual([]);
  });
});

describe('lag', () => {
  it('is what comes on top of the time between two samples', async () => {
    const { registry, loop } = measured();
    loop.start();

    await vi.waitFor(
      async () => expect(valueOf(await scrape(registry), MIN)).toBeLessThan(RESOLUTION / 2),
      { timeout: 20_000 },
    );
    expect(valueOf(await scrape(registry), MIN)).toBeGreaterThanOrEqual(0);
  });

  it('shows how long the loop was held, also where it was held in the turn of the scrape', async () => {
    const { registry, loop } = measured();
    loop.start();
    await sampled(registry);
    const held = hold(200);
    const samples = await scrape(registry);

    expect(valueOf(samples, MAX)).toBeGreaterThan(held - 2 * RESOLUTION);
  });

  it('has its values in order', async () => {
    const { registry, loop } = measured();
    loop.start();
    await sampled(registry);
    for (let i = 0; i < 20; i++) await delay(RESOLUTION * 1_000);
    hold(200);
    const [last, min, max, mean, stddev, p50, p90, p99] = lagIn(await scrape(registry)).map(
      (value) => value ?? Number.NaN,
    );

    expect(last).toBe(mean);
    expect([min, p50, p90, p99, max]).toEqual(
      [min, p50, p90, p99, max].toSorted((a = 0, b = 0) => a - b),
    );
    expect(mean).toBeGreaterThan(min ?? 0);
    expect(mean).toBeLessThan(max ?? 0);
    expect(stddev).toBeGreaterThan(0);
    expect(stddev).toBeLessThan(max ?? 0);
  });
});

describe('a window', () => {
  it('that is the first shows what there is so far', async () => {
    const { registry, clock, loop } = measured();
    loop.start();
    await sampled(registry);
    const before = valueOf(await scrape(registry), MAX);
    const held = hold(500);
    clock.hold(9_999);

    expect(before).toBeLessThan(held);
    expect(valueOf(await scrape(registry), MAX)).toBeGreaterThan(held - 2 * RESOLUTION);
  });

  it('is the same for two who scrape before the next one ends', async () => {
    const { registry, clock, loop } = measured();
    loop.start();
    await sampled(registry);
    clock.hold(10_000);
    const one = allIn(await scrape(registry));
    hold(200);
    clock.hold(9_999);
    const other = allIn(await scrape(registry));

    expect(one).not.toContain(undefined);
    expect(other).toEqual(one);
  });

  it('that ends after ten seconds shows what was in it, and the next one does not', async () => {
    const { registry, clock, loop } = measured();
    loop.start();
    await sampled(registry);
    const held = hold(500);
    clock.hold(10_000);
    const first = valueOf(await scrape(registry), MAX);
    // The second window needs a sample of its own.
    await delay(RESOLUTION * 5_000);
    clock.hold(10_000);
    const second = valueOf(await scrape(registry), MAX);

    expect(first).toBeGreaterThan(held - 2 * RESOLUTION);
    expect(second).toBeLessThan(first);
  });

  it('is as long as it takes until somebody scrapes', async () => {
    const { registry, clock, loop } = measured();
    loop.start();
    await sampled(registry);
    clock.hold(30_000);
    const held = hold(200);
    clock.hold(60_000);

    expect(valueOf(await scrape(registry), MAX)).toBeGreaterThan(held - 2 * RESOLUTION);
  });
});

describe('utilization', () => {
  it('is the part of the window in which the loop was busy', async () => {
    const { registry, clock, loop } = measured();
    loop.start();
    await sampled(registry);
    hold(400);
    clock.hold(10_000);
    const busy = valueOf(await scrape(registry), UTILIZATION);
    await delay(200);
    clock.hold(10_000);
    const idle = valueOf(await scrape(registry), UTILIZATION);

    expect(idle).toBeGreaterThanOrEqual(0);
    expect(idle).toBeLessThan(busy / 2);
    expect(busy).toBeLessThanOrEqual(1);
  });
});

it('a gauge that the application has taken keeps its own value, and the others are right', async () => {
  const registry = registryOn();
  registry.gauge('nodejs_eventloop_lag_seconds', 'Mine').set(7);
  const loop = new EventLoop(registry, new FakeClock());
  onTestFinished(() => loop.stop());
  loop.start();
  await sampled(registry);
  const samples = await scrape(registry);

  expect(samples.get('nodejs_eventloop_lag_seconds')).toBe(7);
  expect(allIn(samples)).not.toContain(undefined);
});
