import type { Clock } from '../../lib/clock.js';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 27, 10, 30) + this.#nowMs);
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The number of timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets time pass without any timer firing, as while the event loop is held. */
  hold(ms: number): void {
    this.#nowMs += ms;
  }

  /** Lets time pass, and fires what is due. */
  async advance(ms: number): Promise<void> {
    await settle();
    this.hold(ms);
    for (const timer of [...this.#timers].filter(({ atMs }) => atMs <= this.#nowMs)) {
      this.#timers.delete(timer);
      timer.callback();
    }
    await settle();
  }
}

/** Lets everything that waits for no timer and no socket come to its end. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
