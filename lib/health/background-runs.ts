import { MAX_DELAY_MS, type Clock } from '../clock.js';

/** How far a delay strays from the interval, so that the instances of a fleet do not stay in step. */
const JITTER = 0.1;

/**
 * Runs something again and again, the next time so long after the last one has come to its end: runs never overlap, and
 * what was missed while the process stood still is not made up for. The timers do not keep the process alive.
 */
export class BackgroundRuns {
  #stopped = false;
  #cancel: () => void;

  /**
   * @param run must not reject.
   * @param random gives numbers from 0 to 1, for the jitter, and for the part of an interval before the first run.
   */
  constructor(
    private readonly run: () => Promise<unknown>,
    private readonly intervalMs: number,
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {
    this.#cancel = this.#runAfter(intervalMs * random());
  }

  /** A run under way goes on to its end, and is the last. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #runAfter(delayMs: number): () => void {
    const runNow = (): void => void this.#runAndGoOn();
    return this.clock.after(Math.min(delayMs, MAX_DELAY_MS), runNow, { background: true });
  }

  async #runAndGoOn(): Promise<void> {
    await this.run();
    if (this.#stopped) return;
    this.#cancel = this.#runAfter(this.intervalMs * (1 - JITTER + 2 * JITTER * this.random()));
  }
}
