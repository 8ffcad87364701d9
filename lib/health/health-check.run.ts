import type { Clock } from '../clock.js';
import { askCheck, readerOf } from './check-answer.js';
import type { EventLoopWatch } from './event-loop-watch.js';

import { degraded, readOutcome, unhealthy, type ReadOutcome } from './health.outcome.js';
import { HealthStatus, type HealthCheckFunction, type HealthCheckResult } from './health.types.js';
import { GuardedSignal, RunContext } from './run-context.js';
import type { RunSlots } from './run-slots.js';
import { RunStopwatch, type Standstill } from './run-stopwatch.js';

/** What is needed to run a check. */
export interface RunnableCheck {
  readonly name: string;
  readonly fn: HealthCheckFunction;
  readonly timeoutMs: number;
}

/** What a run needs from outside. */
export interface RunSurroundings {
  readonly clock: Clock;
  readonly loop: EventLoopWatch;
  readonly slots: RunSlots;
  /** Is told what a listener of the signal has thrown. */
  signalFailed(error: unknown): void;
  /**
   * Is told what the run has come to, once, and whether the check was called at all.
   *
   * @returns what those get who wait for it.
   */
  finished(result: HealthCheckResult, called: boolean): HealthCheckResult;
  /** Is told that the check has settled, or will never be called; `finished` has been told before. */
  settled(run: HealthCheckRun): void;
}

/**
 * One run of a check, from when it is asked for until the check has really settled, which may be long after its
 * deadline. Whatever the check does, the run ends in a result.
 */
export class HealthCheckRun {
  /** Comes by the deadline at the latest, and never rejects. */
  readonly result: Promise<HealthCheckResult>;

  readonly #stopwatch: RunStopwatch;
  readonly #signal: GuardedSignal;
  #phase: 'queued' | 'running' | 'settled' = 'queued';
  #hadToWait = false;
  #queuedMs = 0;
  #extended = false;
  #late = false;
  #cancelDeadline: (() => void) | undefined;
  #giveBackSlot: (() => void) | undefined;
  /** `undefined` once there is a result. */
  #resolve: ((result: HealthCheckResult) => void) | undefined;

  constructor(
    private readonly check: RunnableCheck,
    private readonly surroundings: RunSurroundings,
  ) {
    this.#stopwatch = new RunStopwatch(surroundings.clock, surroundings.loop);
    this.#signal = new GuardedSignal((error) => surroundings.signalFailed(error));
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    // The registry must hold this run before the check is called, for a check may ask the registry for itself. Not by
    // `queueMicrotask`, which Jest replaces by a fake that never calls.
    void Promise.resolve().then(() => this.#begin());
  }

  /** That the event loop stood still because of this run, or while it waited, if notably. */
  get standstill(): Standstill | undefined {
    return this.#stopwatch.standstill;
  }

  /** The result for whoever asks after the deadline while the check is still running; before it, `undefined`. */
  overdue(): HealthCheckResult | undefined {
    return this.#late ? this.#toResult(failed(this.#silence())) : undefined;
  }

  /** Ends the run with an unhealthy result, and aborts the check's signal. */
  abort(why: string): void {
    this.#giveUp(`stopped: ${why}`, `is stopped: ${why}`);
  }

  #begin(): void {
    if (this.#is('settled')) return;
    this.#giveBackSlot = this.surroundings.slots.take(() => this.#call());
    this.#hadToWait = this.#is('queued');
    // What has answered without waiting needs no deadline.
    if (this.#is('settled')) this.#giveBackSlot?.();
    else this.#setDeadline();
  }

  #call(): void {
    if (!this.#is('queued')) return;
    // Whoever held the slot may have held it up to the deadline of this run too.
    if (this.#stopwatch.spentMs >= this.check.timeoutMs) return this.#passDeadline();
    this.#queuedMs = this.#stopwatch.spentMs;
    this.#phase = 'running';
    const context = new RunContext(this.#signal);
    const answer = this.#stopwatch.working(() => askCheck(this.check.fn, context));
    if ('later' in answer) void this.#follow(answer.later);
    else this.#settle(answer);
  }

  async #follow(later: Promise<unknown>): Promise<void> {
    this.#stopwatch.waits();
    const read = await readerOf(later);
    this.#stopwatch.waitsNoMore();
    this.#settle(this.#stopwatch.working(read));
  }

  #settle(outcome: ReadOutcome): void {
    this.#cancelDeadline?.();
    this.#giveBackSlot?.();
    this.#finish(this.#inTime(outcome));
    this.#phase = 'settled';
    this.surroundings.settled(this);
  }

  /** The deadline's timer cannot fire while a check holds the event loop, so its lateness is measured here too. */
  #inTime(outcome: ReadOutcome): ReadOutcome {
    const { timeoutMs } = this.check;
    const { spentMs, leastSpentMs } = this.#stopwatch;
    if (spentMs <= timeoutMs) return outcome;
    const late = `answered after ${Math.round(spentMs)} ms, past its deadline of ${timeoutMs} ms`;
    const message = joined(outcome.message, late);
    // Who made the loop stand still, this check or another, nobody knows: it is called neither healthy nor unhealthy.
    const inDoubt = leastSpentMs <= timeoutMs && outcome.status !== HealthStatus.UNHEALTHY;
    return readOutcome((inDoubt ? degraded : unhealthy)(message, outcome.details));
  }

  #setDeadline(): void {
    const leftMs = Math.max(0, this.check.timeoutMs - this.#stopwatch.leastSpentMs);
    this.#cancelDeadline = this.surroundings.clock.after(leftMs, () => this.#deadline());
  }

  #deadline(): void {
    const { timeoutMs } = this.check;
    this.#stopwatch.look();
    // A timer of Node may fire a fraction early. And while the loop stood still, nobody could take the check's answer.
    // But only once, for the loop of a busy application may stand still again and again.
    const extended = !this.#extended && timeoutMs - this.#stopwatch.leastSpentMs >= 1;
    this.#extended = true;
    if (extended) this.#setDeadline();
    else this.#passDeadline();
  }

  #passDeadline(): void {
    this.#late = true;
    this.#giveUp(this.#silence(), `has passed its deadline of ${this.check.timeoutMs} ms`);
  }

  #silence(): string {
    const { timeoutMs } = this.check;
    const { limit } = this.surroundings.slots;
    if (this.#is('queued')) {
      return `did not get its turn within ${timeoutMs} ms, as ${limit} other checks were running`;
    }
    const inQueue = this.#hadToWait
      ? `, ${Math.round(this.#queuedMs)} ms of them waiting for its turn`
      : '';
    return `no answer within ${timeoutMs} ms${inQueue}, still running since ${this.#startedAt().toISOString()}`;
  }

  #giveUp(message: string, reason: string): void {
    this.#cancelDeadline?.();
    this.#giveBackSlot?.();
    this.#stopwatch.waitsNoMore();
    this.#finish(failed(message));
    this.#signal.abort(new Error(`Health check "${this.check.name}" ${reason}`));
    if (!this.#is('queued')) return;
    this.#phase = 'settled';
    this.surroundings.settled(this);
  }

  /** Only the first time counts. */
  #finish(outcome: ReadOutcome): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    resolve(this.surroundings.finished(this.#toResult(outcome), !this.#is('queued')));
  }

  #toResult(given: ReadOutcome): HealthCheckResult {
    const { status, message, details } = withStandstill(given, this.#stopwatch.standstill);
    const latencyMs = this.#is('queued') ? 0 : this.#stopwatch.spentMs - this.#queuedMs;
    return Object.freeze({
      name: this.check.name,
      status,
      message,
      latencyMs: Math.max(0, Math.round(latencyMs * 1_000) / 1_000),
      details,
      checkedAt: this.surroundings.clock.date(),
    });
  }

  /** When the check was called, by the wall clock of now and the time that has passed. */
  #startedAt(): Date {
    const { clock } = this.surroundings;
    return new Date(clock.date().getTime() - this.#stopwatch.elapsedMs + this.#queuedMs);
  }

  #is(phase: 'queued' | 'running' | 'settled'): boolean {
    return this.#phase === phase;
  }
}

function withStandstill(outcome: ReadOutcome, standstill: Standstill | undefined): ReadOutcome {
  if (standstill === undefined) return outcome;
  return {
    ...outcome,
    message: joined(outcome.message, standstill.text),
    details: Object.freeze({ ...outcome.details, event_loop_held_ms: standstill.ms }),
  };
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('; ');
}

function failed(message: string): ReadOutcome {
  return readOutcome(unhealthy(message));
}
