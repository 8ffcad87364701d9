import type { Clock } from '../clock.js';
import { NOTABLE_HOLD_MS, type EventLoopWatch, type WatchedRun } from './event-loop-watch.js';

/** That the event loop stood still during a run. */
export interface Standstill {
  readonly ms: number;
  /** In words for people, with the time. */
  readonly text: string;
}

/** Measures one run of a check: how long it has taken, and how long it has held the event loop. */
export class RunStopwatch implements WatchedRun {
  readonly #startedMs: number;
  readonly #heldBeforeMs: number;
  /** How long this run has held the loop, as far as anyone knows. */
  #heldMs = 0;
  /** The part of it that is certain. */
  #provenMs = 0;
  #standstillMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly loop: EventLoopWatch,
  ) {
    this.#startedMs = clock.nowMs();
    this.#heldBeforeMs = loop.heldMs;
  }

  /** How long ago the run began, in milliseconds. */
  get elapsedMs(): number {
    return this.clock.nowMs() - this.#startedMs;
  }

  /** How long the run has taken, in milliseconds, without the time that other checks held the loop. */
  get spentMs(): number {
    const byOthersMs = this.loop.heldMs - this.#heldBeforeMs - this.#heldMs;
    return this.elapsedMs - byOthersMs;
  }

  /** That the loop stood still because of this run, or while it waited, if notably. */
  get standstill(): Standstill | undefined {
    const proven = this.#provenMs >= this.#standstillMs;
    const ms = Math.round(proven ? this.#provenMs : this.#standstillMs);
    if (ms < NOTABLE_HOLD_MS) return undefined;
    const text = proven
      ? `held the event loop for ${ms} ms`
      : `the event loop stood still for ${ms} ms while it ran`;
    return { ms, text };
  }

  /** Does a part of the run's work that holds the loop. */
  working<T>(work: () => T): T {
    const beforeMs = this.clock.nowMs();
    try {
      return work();
    } finally {
      const heldMs = this.clock.nowMs() - beforeMs;
      this.loop.hold(heldMs);
      this.#heldMs += heldMs;
      this.#provenMs += heldMs;
    }
  }

  /** The run waits from now on. */
  waits(): void {
    this.loop.enter(this);
  }

  /** The run waits no longer. */
  waitsNoMore(): void {
    const standstillMs = this.loop.leave(this);
    this.#heldMs += standstillMs;
    this.noteStandstill(standstillMs);
  }

  /** Nobody waits for the run any more. */
  givenUp(): void {
    this.loop.forget(this);
  }

  /** Called by the {@link EventLoopWatch}. */
  noteStandstill(ms: number): void {
    this.#standstillMs = Math.max(this.#standstillMs, ms);
  }
}
