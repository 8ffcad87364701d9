import type { Clock, TimerOptions } from '../../lib/clock.js';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
  readonly background: boolean;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #wallMs = Date.UTC(2026, 0, 27, 10, 30);
  #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  date(): Date {
    return new Date(this.#wallMs + this.#nowMs);
  }

  after(
    delayMs: number,
    callback: () => void,
    { background = false }: TimerOptions = {},
  ): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback, background };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The number of timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** The number of timers that keep the process alive. */
  get keepingAlive(): number {
    return [...this.#timers].filter(({ background }) => !background).length;
  }

  /** Sets the wall clock forward or back, as an NTP server or a person does. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }

  /** Lets time pass without any timer firing, as while the event loop is held. */
  hold(ms: number): void {
    this.#nowMs += ms;
  }

  /** Lets time pass, and fires what is due, each timer at its time and the earliest first. */
  async advance(ms: number): Promise<void> {
    await settle();
    const endMs = this.#nowMs + ms;
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#timers.delete(timer);
      // A timer that comes late, because the loop was held, does not turn time back.
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      timer.callback();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
    await settle();
  }

  #next(endMs: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ atMs }) => atMs <= endMs)
      .toSorted((a, b) => a.atMs - b.atMs)[0];
  }
}

/** Lets everything that waits for no timer and no socket come to its end. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
