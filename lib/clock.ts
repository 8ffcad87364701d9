import { performance } from 'node:perf_hooks';
import timers from 'node:timers';

/** Longest delay that a timer of Node takes, in milliseconds; a longer one fires at once. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1;

/** How a timer behaves beside its delay. */
export interface TimerOptions {
  /** `true`: nobody waits for it, so it does not keep the process alive. @default false */
  readonly background?: boolean;
}

/** Where time comes from; tests hand in one of their own. */
export interface Clock {
  /** Monotonic time in milliseconds; only differences mean anything. */
  nowMs(): number;
  /** Wall-clock time. */
  date(): Date;
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void, options?: TimerOptions): () => void;
}

/** Taken before a test can put fakes in their place: a deadline is real even then. */
const monotonicMs = performance.now.bind(performance);
const { setTimeout, clearTimeout, setImmediate } = timers;

/** Calls back in the next turn of the event loop. */
export const nextTurn = (callback: () => void): void => void setImmediate(callback);

/** Node's own clock and timers. A timer keeps the process alive until it has fired or is cancelled. */
export const systemClock: Clock = {
  nowMs: monotonicMs,
  date: () => new Date(),
  after: (delayMs, callback, { background = false } = {}) => {
    const timer = setTimeout(callback, delayMs);
    if (background) timer.unref();
    // Node keeps what belongs to a cancelled timer until its time has come, unless the timer holds the process.
    return () => clearTimeout(timer.ref());
  },
};

/** What work comes to, or what `late` says (or throws) when it takes longer than `ms`. Leaves no timer behind. */
export async function within<T>(
  clock: Clock,
  ms: number,
  work: PromiseLike<T>,
  late: () => T,
): Promise<T> {
  const timer: { cancel?: () => void } = {};
  const outOfTime = new Promise<void>((resolve) => {
    timer.cancel = clock.after(ms, resolve);
  });
  try {
    return await Promise.race([work, outOfTime.then(late)]);
  } finally {
    timer.cancel?.();
  }
}
