import type { Clock } from '../clock.js';

/** What keeps an eye on one run. */
export interface WatchedRun {
  /** Is told that the event loop stood still for so many milliseconds while the run waited. */
  noteStandstill(ms: number): void;
}

/** A standstill of fewer milliseconds is not worth telling. */
export const NOTABLE_HOLD_MS = 100;

const BEAT_MS = 20;

/**
 * Measures how long the event loop is held while checks run.
 *
 * What a check does before its first `await` is measured by its run and reported here by {@link hold}. What holds the
 * loop later shows in a beat that comes late. Then, a run that ends before the beat has come has held it; otherwise all
 * runs under way are told, as nobody can say which it was, or whether it was one of them.
 */
export class EventLoopWatch {
  readonly #pending = new Set<WatchedRun>();
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
    this.#pending.add(run);
    if (this.#pending.size === 1) this.#nextBeat();
  }

  /** A run has settled. @returns for how long it has held the loop just before, in milliseconds. */
  leave(run: WatchedRun): number {
    const standstillMs = this.#pending.has(run) ? this.#standstillMs() : 0;
    this.forget(run);
    this.hold(standstillMs);
    return standstillMs;
  }

  /** Nobody wants to know any more of a run. */
  forget(run: WatchedRun): void {
    this.#pending.delete(run);
    if (this.#pending.size === 0) this.#cancelBeat();
  }

  #nextBeat(): void {
    this.#lastBeatMs = this.clock.nowMs();
    this.#heldAtBeatMs = this.#heldMs;
    this.#cancelBeat = this.clock.after(BEAT_MS, () => this.#beat(), { background: true });
  }

  #beat(): void {
    const standstillMs = this.#standstillMs();
    if (standstillMs > 0) for (const run of this.#pending) run.noteStandstill(standstillMs);
    this.#nextBeat();
  }

  /** How late the beat is, without what is known to be the work of a check; 0 where that is nothing notable. */
  #standstillMs(): number {
    const known = this.#heldMs - this.#heldAtBeatMs;
    const lateMs = this.clock.nowMs() - this.#lastBeatMs - BEAT_MS - known;
    return lateMs >= NOTABLE_HOLD_MS ? lateMs : 0;
  }
}
