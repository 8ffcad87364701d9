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
  /** How long this run has certainly held the loop. */
  #heldMs = 0;
  /** How long the loop stood still while the run waited. */
  #standstillMs = 0;
  /** The part of it during which other checks waited too, so that it may have been the work of one of them. */
  #sharedStandstillMs = 0;

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

  /** The least of it that is the run's own: without the standstills that may have been the work of other checks. */
  get leastSpentMs(): number {
    return this.spentMs - this.#sharedStandstillMs;
  }

  /** That the loop stood still because of this run, or while it waited, if notably. */
  get standstill(): Standstill | undefined {
    const certain = this.#heldMs >= this.#standstillMs;
    const ms = Math.round(certain ? this.#heldMs : this.#standstillMs);
    if (ms < NOTABLE_HOLD_MS) return undefined;
    const text = certain
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
    }
  }

  /** The run waits from now on. */
  waits(): void {
    this.loop.enter(this);
  }

  /** The run waits no longer, or nobody waits for it any more. */
  waitsNoMore(): void {
    this.look();
    this.loop.leave(this);
  }

  /** Takes in what has just happened to the loop. */
  look(): void {
    this.loop.look();
  }

  /** Called by the {@link EventLoopWatch}. */
  noteStandstill(ms: number, alone: boolean): void {
    // It may have begun before the run did.
    const duringRunMs = Math.min(ms, this.elapsedMs);
    this.#standstillMs += duringRunMs;
    if (!alone) this.#sharedStandstillMs += duringRunMs;
  }
}
