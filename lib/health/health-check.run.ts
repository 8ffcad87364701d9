import type { Clock } from '../clock.js';
import { errorText } from '../show-value.js';
import { guardSignal } from './guarded-signal.js';
import { readOutcome, unhealthy, type ReadOutcome } from './health.outcome.js';
import type { HealthCheckFunction, HealthCheckResult } from './health.types.js';

/** What is needed to run a check. */
export interface RunnableCheck {
  readonly name: string;
  readonly fn: HealthCheckFunction;
  readonly timeoutMs: number;
}

/** What a run needs from outside. */
export interface RunSurroundings {
  readonly clock: Clock;
  /** Is told what a check does wrong beside its result. */
  readonly report: (problem: string) => void;
}

/**
 * One run of a check, from its start until the check has really settled, which may be long after its deadline.
 * Whatever the check does, the run ends in a result.
 */
export class HealthCheckRun {
  /** Comes by the deadline at the latest, and never rejects. */
  readonly result: Promise<HealthCheckResult>;
  /** Resolves when the check has settled, and never rejects. */
  readonly settled: Promise<void>;

  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #startedAt: Date;
  #startedMs: number;
  #late = false;
  #cancelDeadline = (): void => {};
  #resolve: (result: HealthCheckResult) => void = () => {};

  constructor(
    private readonly check: RunnableCheck,
    { clock, report }: RunSurroundings,
  ) {
    this.#clock = clock;
    guardSignal(this.#controller.signal, (error) =>
      report(`Health check "${check.name}": a listener of its signal failed: ${errorText(error)}`),
    );
    this.#startedAt = clock.date();
    this.#startedMs = clock.nowMs();
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.settled = this.#start();
  }

  /** The result for whoever asks after the deadline while the check is still running; before it, `undefined`. */
  overdue(): HealthCheckResult | undefined {
    if (!this.#late) return undefined;
    const since = this.#startedAt.toISOString();
    return this.#toResult(
      failed(`no answer within ${this.check.timeoutMs} ms, still running since ${since}`),
    );
  }

  /** Ends the run with an unhealthy result, and aborts the check's signal. */
  abort(why: string): void {
    this.#cancelDeadline();
    this.#finish(failed(`stopped: ${why}`));
    this.#controller.abort(new Error(`Health check "${this.check.name}" is stopped: ${why}`));
  }

  async #start(): Promise<void> {
    // The registry must hold this run before the check is called, for a check may ask the registry for itself. And the
    // time starts here, lest a check pay for another that has held the event loop before it.
    await Promise.resolve();
    if (this.#controller.signal.aborted) return;
    const { name, fn, timeoutMs } = this.check;
    this.#startedMs = this.#clock.nowMs();
    this.#cancelDeadline = this.#clock.after(timeoutMs, () => {
      this.#late = true;
      this.#finish(failed(`no answer within ${timeoutMs} ms`));
      this.#controller.abort(
        new Error(`Health check "${name}" has passed its deadline of ${timeoutMs} ms`),
      );
    });
    const outcome = await callCheck(fn, this.#controller.signal);
    this.#cancelDeadline();
    // The deadline's timer cannot fire while a check holds the event loop, so its lateness is measured here too.
    const tookMs = this.#elapsedMs();
    const late = `answered after ${Math.round(tookMs)} ms, past its deadline of ${timeoutMs} ms`;
    this.#finish(tookMs > timeoutMs ? failed(late) : outcome);
  }

  /** Only the first time counts. */
  #finish(outcome: ReadOutcome): void {
    this.#resolve(this.#toResult(outcome));
  }

  #toResult(outcome: ReadOutcome): HealthCheckResult {
    return Object.freeze({
      name: this.check.name,
      ...outcome,
      latencyMs: Math.round(this.#elapsedMs() * 1_000) / 1_000,
      checkedAt: this.#clock.date(),
    });
  }

  #elapsedMs(): number {
    return this.#clock.nowMs() - this.#startedMs;
  }
}

async function callCheck(fn: HealthCheckFunction, signal: AbortSignal): Promise<ReadOutcome> {
  try {
    return readOutcome(await fn({ signal }));
  } catch (error) {
    return failed(errorText(error));
  }
}

function failed(message: string): ReadOutcome {
  return readOutcome(unhealthy(message));
}
