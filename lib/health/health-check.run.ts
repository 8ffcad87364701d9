import { types } from 'node:util';
import type { Clock } from '../clock.js';
import type { EventLoopWatch } from './event-loop-watch.js';
import { RunContext } from './guarded-signal.js';
import {
  degraded,
  readFailure,
  readOutcome,
  unhealthy,
  type ReadOutcome,
} from './health.outcome.js';
import { HealthStatus, type HealthCheckFunction, type HealthCheckResult } from './health.types.js';
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
  /** Is told what the run has come to, once. @returns what those get who wait for it. */
  finished(result: HealthCheckResult): HealthCheckResult;
  /** Is told that the check has settled, or will never be called; `finished` has been told before. */
  settled(run: HealthCheckRun): void;
}

/** What a check has returned: an outcome, or something to wait for. */
type Answer = ReadOutcome | { readonly later: Promise<unknown> };

/**
 * One run of a check, from when it is asked for until the check has really settled, which may be long after its
 * deadline. Whatever the check does, the run ends in a result.
 */
export class HealthCheckRun {
  /** Comes by the deadline at the latest, and never rejects. */
  readonly result: Promise<HealthCheckResult>;

  readonly #stopwatch: RunStopwatch;
  readonly #context: RunContext;
  #phase: 'queued' | 'running' | 'settled' = 'queued';
  #queuedMs = 0;
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
    this.#context = new RunContext((error) => surroundings.signalFailed(error));
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
    // What has answered without waiting needs no deadline.
    if (this.#is('settled')) this.#giveBackSlot?.();
    else this.#setDeadline();
  }

  #call(): void {
    if (!this.#is('queued')) return;
    this.#phase = 'running';
    this.#queuedMs = this.#stopwatch.spentMs;
    const answer = this.#stopwatch.working(() => this.#ask());
    if ('later' in answer) void this.#follow(answer.later);
    else this.#settle(answer);
  }

  #ask(): Answer {
    try {
      const returned: unknown = this.check.fn(this.#context);
      return isThenable(returned) ? { later: promiseOf(returned) } : readOutcome(returned);
    } catch (error) {
      return readFailure(error);
    }
  }

  async #follow(later: Promise<unknown>): Promise<void> {
    this.#stopwatch.waits();
    const read = await reading(later);
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
    const { spentMs, spentAtLeastMs } = this.#stopwatch;
    if (spentMs <= timeoutMs) return outcome;
    const late = `answered after ${Math.round(spentMs)} ms, past its deadline of ${timeoutMs} ms`;
    // Who made the loop stand still, this check or another, nobody knows: it is called neither healthy nor unhealthy.
    const inDoubt = spentAtLeastMs <= timeoutMs && outcome.status !== HealthStatus.UNHEALTHY;
    return readOutcome(inDoubt ? degraded(late, outcome.details) : unhealthy(late));
  }

  #setDeadline(): void {
    const leftMs = Math.max(0, this.check.timeoutMs - this.#stopwatch.spentAtLeastMs);
    this.#cancelDeadline = this.surroundings.clock.after(leftMs, () => this.#deadline());
  }

  #deadline(): void {
    const { timeoutMs } = this.check;
    this.#stopwatch.look();
    // A timer of Node may fire a fraction early. And while the loop stood still, nobody could take the check's answer.
    if (timeoutMs - this.#stopwatch.spentAtLeastMs >= 1) return this.#setDeadline();
    this.#late = true;
    this.#giveUp(this.#silence(), `has passed its deadline of ${timeoutMs} ms`);
  }

  #silence(): string {
    const { timeoutMs } = this.check;
    return this.#is('queued')
      ? `did not get its turn within ${timeoutMs} ms, as ${this.surroundings.slots.limit} other checks were running`
      : `no answer within ${timeoutMs} ms, still running since ${this.#startedAt().toISOString()}`;
  }

  #giveUp(message: string, reason: string): void {
    this.#cancelDeadline?.();
    this.#giveBackSlot?.();
    this.#stopwatch.waitsNoMore();
    this.#finish(failed(message));
    RunContext.abort(this.#context, new Error(`Health check "${this.check.name}" ${reason}`));
    if (!this.#is('queued')) return;
    this.#phase = 'settled';
    this.surroundings.settled(this);
  }

  /** Only the first time counts. */
  #finish(outcome: ReadOutcome): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    resolve(this.surroundings.finished(this.#toResult(outcome)));
  }

  #toResult(given: ReadOutcome): HealthCheckResult {
    const { status, message, details } = withStandstill(given, this.#stopwatch.standstill);
    const latencyMs = this.#stopwatch.spentMs - this.#queuedMs;
    return Object.freeze({
      name: this.check.name,
      status,
      message,
      latencyMs: Math.max(0, Math.round(latencyMs * 1_000) / 1_000),
      details,
      checkedAt: this.surroundings.clock.date(),
    });
  }

  /** By the wall clock of now, and the time that has passed. */
  #startedAt(): Date {
    const { clock } = this.surroundings;
    return new Date(clock.date().getTime() - this.#stopwatch.elapsedMs);
  }

  #is(phase: 'queued' | 'running' | 'settled'): boolean {
    return this.#phase === phase;
  }
}

/** Waits for what a check has promised. @returns what reads it; the promise never rejects. */
async function reading(later: Promise<unknown>): Promise<() => ReadOutcome> {
  try {
    const returned = await later;
    return () => readAnswer(returned);
  } catch (error) {
    return () => readFailure(error);
  }
}

/** What was promised may be as hostile to its reader as what is thrown. */
function readAnswer(returned: unknown): ReadOutcome {
  try {
    return readOutcome(returned);
  } catch (error) {
    return readFailure(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const canHaveMembers =
    (typeof value === 'object' && value !== null) || typeof value === 'function';
  return canHaveMembers && 'then' in value && typeof value.then === 'function';
}

/** Calls `then` here and now, so that the time it takes counts for the check. */
function promiseOf(thenable: PromiseLike<unknown>): Promise<unknown> {
  if (types.isPromise(thenable)) {
    if (thenable.then === Promise.prototype.then) return thenable;
    // One of a class with a `then` of its own, which may leave the rejection to nobody.
    void Promise.prototype.then.call(thenable, ignore, ignore);
  }
  return new Promise((resolve, reject) => {
    void thenable.then(resolve, reject);
  });
}

const ignore = (): void => {};

function withStandstill(outcome: ReadOutcome, standstill: Standstill | undefined): ReadOutcome {
  if (standstill === undefined) return outcome;
  return {
    ...outcome,
    message: [outcome.message, standstill.text].filter((text) => text !== '').join('; '),
    details: Object.freeze({ ...outcome.details, event_loop_held_ms: standstill.ms }),
  };
}

function failed(message: string): ReadOutcome {
  return readOutcome(unhealthy(message));
}
