import type { Clock } from '../clock.js';

/** What keeps an eye on one run. */
export interface WatchedRun {
  /** Is told that the event loop stood still for so many milliseconds while the run waited, `alone` or with others. */
  noteStandstill(ms: number, alone: boolean): void;
}

/** A standstill of fewer milliseconds is not worth telling. */
export const NOTABLE_HOLD_MS = 100;

const BEAT_MS = 20;

/**
 * Measures how long the event loop is held while checks run.
 *
 * What a check does before its first `await` is measured by its run and reported here by {@link hold}. What holds the
 * loop later shows in a beat that comes late. Then all runs under way are told, as nobody can say which it was, or
 * whether it was one of them.
 */
export class EventLoopWatch {
  readonly #waiting = new Set<WatchedRun>();
  #heldMs = 0;
  #lastBeatMs = 0;
  #heldAtBeatMs = 0;
  #cancelBeat = (): void => {};

  constructor(private readonly clock: Clock) {}

  /** For how long checks have held the loop, in all, as far as it is known which it was. */
  get heldMs(): number {
    return this.#heldMs;
  }

  /** A run has held the loop. */
  hold(ms: number): void {
    this.#heldMs += ms;
  }

  /** A run waits from now on for something that is not its own work. */
  enter(run: WatchedRun): void {
    if (this.#waiting.size === 0) this.#nextBeat();
    // What has been is none of this run's.
    else this.look();
    this.#waiting.add(run);
  }

  /** A run waits no longer, or nobody waits for it any more. */
  leave(run: WatchedRun): void {
    this.#waiting.delete(run);
    if (this.#waiting.size === 0) this.#cancelBeat();
  }

  /** Tells of a standstill at once, before the late beat does. */
  look(): void {
    const known = this.#heldMs - this.#heldAtBeatMs;
    const lateMs = this.clock.nowMs() - this.#lastBeatMs - BEAT_MS - known;
    if (lateMs < NOTABLE_HOLD_MS || this.#waiting.size === 0) return;
    const alone = this.#waiting.size === 1;
    for (const run of this.#waiting) run.noteStandstill(lateMs, alone);
    this.#startBeat();
  }

  #nextBeat(): void {
    this.#startBeat();
    const beat = (): void => {
      this.look();
      this.#nextBeat();
    };
    this.#cancelBeat = this.clock.after(BEAT_MS, beat, { background: true });
  }

  #startBeat(): void {
    this.#lastBeatMs = this.clock.nowMs();
    this.#heldAtBeatMs = this.#heldMs;
  }
}
