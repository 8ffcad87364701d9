import {
  monitorEventLoopDelay,
  performance,
  type EventLoopUtilization,
  type IntervalHistogram,
} from 'node:perf_hooks';
import { nextTurn, type Clock } from '../../clock.js';
import type { MetricsRegistry } from '../metrics.registry.js';
import { readingGauge } from './reading-gauge.js';
import { SharedReading } from './shared-reading.js';

/** How often the delay is sampled, in milliseconds. */
const RESOLUTION_MS = 10;

/** How long a window lasts at least, so that two servers that scrape in turn see the same windows. */
const WINDOW_MS = 10_000;

const GAUGES = [
  ['lag', 'Mean lag of the event loop, in seconds, in the last window.', 'average', 'mean'],
  ['lag_min', 'Least lag of the event loop, in seconds, in the last window.', 'min', 'min'],
  ['lag_max', 'Greatest lag of the event loop, in seconds, in the last window.', 'max', 'max'],
  ['lag_mean', 'Mean lag of the event loop, in seconds, in the last window.', 'average', 'mean'],
  [
    'lag_stddev',
    'Standard deviation of the lag of the event loop, in seconds, in the last window.',
    'average',
    'stddev',
  ],
  ['lag_p50', 'Median lag of the event loop, in seconds, in the last window.', 'average', 'p50'],
  ['lag_p90', '90th percentile of the lag, in seconds, in the last window.', 'average', 'p90'],
  ['lag_p99', '99th percentile of the lag, in seconds, in the last window.', 'average', 'p99'],
] as const;

/** What the event loop was like in one window; lag in seconds, beyond the time that a sample takes anyway. */
type EventLoopWindow = Readonly<Record<(typeof GAUGES)[number][3] | 'utilization', number>>;

/** A window that is still open. */
interface OpenWindow {
  readonly sinceMs: number;
  readonly utilization: EventLoopUtilization;
}

/**
 * The metrics of the event loop: how late it is, and how busy. They are measured while it is started.
 *
 * They are those of the last window that has ended, the same for all who scrape before the next one ends; in the first
 * one they are those so far. A window ends at a scrape, so that no timer is needed.
 */
export class EventLoop {
  #delays: IntervalHistogram | undefined;
  #open: OpenWindow;
  #last: EventLoopWindow | undefined;

  constructor(
    registry: MetricsRegistry,
    private readonly clock: Clock,
  ) {
    this.#open = this.#openWindow();
    const window = new SharedReading(() => this.#read());
    for (const [what, help, aggregator, value] of GAUGES) {
      const name = `nodejs_eventloop_${what}_seconds`;
      readingGauge(registry, { name, help, aggregator }, window, (read) => read?.[value]);
    }
    readingGauge(
      registry,
      {
        name: 'nodejs_eventloop_utilization',
        help: 'Part of the last window in which the event loop was busy, 0 to 1.',
        aggregator: 'average',
      },
      window,
      (read) => read?.utilization,
    );
  }

  /** Measures from now on. */
  start(): void {
    if (this.#delays !== undefined) return;
    this.#delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delays.enable();
    this.#open = this.#openWindow();
  }

  /** Measures no longer, and forgets what it has measured. */
  stop(): void {
    this.#delays?.disable();
    this.#delays = undefined;
    this.#last = undefined;
  }

  async #read(): Promise<EventLoopWindow | undefined> {
    // A sample that has been held up until now is taken when timers are next due, which is between these two.
    await new Promise<void>(nextTurn);
    await new Promise<void>(nextTurn);
    const delays = this.#delays;
    if (delays === undefined) return undefined;
    const isOver = this.clock.nowMs() - this.#open.sinceMs >= WINDOW_MS;
    if (!isOver && this.#last !== undefined) return this.#last;
    // Of no sample there is neither a mean nor a maximum.
    if (delays.count === 0) return undefined;
    const window = measure(delays, this.#open.utilization);
    if (isOver) {
      this.#last = window;
      this.#open = this.#openWindow();
      delays.reset();
    }
    return window;
  }

  #openWindow(): OpenWindow {
    return { sinceMs: this.clock.nowMs(), utilization: performance.eventLoopUtilization() };
  }
}

function measure(delays: IntervalHistogram, before: EventLoopUtilization): EventLoopWindow {
  const { utilization } = performance.eventLoopUtilization(before);
  return {
    min: lagOf(delays.min),
    max: lagOf(delays.max),
    mean: lagOf(delays.mean),
    stddev: delays.stddev / 1e9,
    p50: lagOf(delays.percentile(50)),
    p90: lagOf(delays.percentile(90)),
    p99: lagOf(delays.percentile(99)),
    utilization: Math.min(1, Math.max(0, utilization)),
  };
}

/** Node counts the time from one sample to the next in nanoseconds, the time that lies between them by design included. */
function lagOf(delayNs: number): number {
  return Math.max(0, delayNs - RESOLUTION_MS * 1e6) / 1e9;
}
