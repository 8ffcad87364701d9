import type { Clock } from '../clock.js';
import { errorText } from '../show-value.js';
import { readOutcome, unhealthy, type ReadOutcome } from './health.outcome.js';
import type { HealthCheckFunction, HealthCheckResult } from './health.types.js';

/** What is needed to run a check. */
export interface RunnableCheck {
  readonly name: string;
  readonly fn: HealthCheckFunction;
  readonly timeoutMs: number;
}

/** One run of a check, from its start until the check has really settled, which may be long after its deadline. */
export interface HealthCheckRun {
  /** Comes by the deadline at the latest, and never rejects. */
  readonly result: Promise<HealthCheckResult>;
  /** Resolves when the check has settled, and never rejects. */
  readonly settled: Promise<void>;
  /** The result for whoever asks after the deadline while the check is still running; before it, `undefined`. */
  overdue(): HealthCheckResult | undefined;
  /** Aborts the check's signal and forgets the deadline. */
  abort(): void;
}

/** Starts a check. Whatever the check does, the run ends in a result. */
export function startRun(check: RunnableCheck, clock: Clock): HealthCheckRun {
  const { name, timeoutMs } = check;
  const controller = new AbortController();
  const startedMs = clock.nowMs();
  const startedAt = clock.date();
  const elapsedMs = (): number => clock.nowMs() - startedMs;
  const toResult = (outcome: ReadOutcome): HealthCheckResult =>
    Object.freeze({
      name,
      ...outcome,
      latencyMs: Math.round(elapsedMs() * 1_000) / 1_000,
      checkedAt: clock.date(),
    });

  const deferred = defer<HealthCheckResult>();
  const finish = (outcome: ReadOutcome): void => deferred.resolve(toResult(outcome));
  let late = false;
  const cancelDeadline = clock.after(timeoutMs, () => {
    late = true;
    finish(failed(`no answer within ${timeoutMs} ms`));
    controller.abort(
      new Error(`Health check "${name}" has passed its deadline of ${timeoutMs} ms`),
    );
  });
  const settled = callCheck(check.fn, controller.signal).then((outcome) => {
    cancelDeadline();
    // The deadline's timer cannot fire while a check holds the event loop, so its lateness is measured here too.
    const tookMs = elapsedMs();
    finish(
      tookMs > timeoutMs
        ? failed(`answered after ${Math.round(tookMs)} ms, past its deadline of ${timeoutMs} ms`)
        : outcome,
    );
  });

  return {
    result: deferred.promise,
    settled,
    overdue: () =>
      late
        ? toResult(
            failed(
              `no answer within ${timeoutMs} ms, still running since ${startedAt.toISOString()}`,
            ),
          )
        : undefined,
    abort: () => {
      cancelDeadline();
      finish(failed('stopped: the application has closed'));
      controller.abort(new Error('The application has closed'));
    },
  };
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

/** A promise that is resolved from outside; Node 20 has no `Promise.withResolvers`. */
function defer<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  const box: { resolve?: (value: T) => void } = {};
  const promise = new Promise<T>((resolve) => {
    box.resolve = resolve;
  });
  return { promise, resolve: (value) => box.resolve?.(value) };
}
