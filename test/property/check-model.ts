import { HealthStatus, type HealthCheckOptions, type HealthProbe } from 'nestjs-observability';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

const MILD_TO_BAD: readonly HealthStatus[] = [HEALTHY, DEGRADED, UNHEALTHY];

const badness = (status: HealthStatus): number => MILD_TO_BAD.indexOf(status);

/** The thresholds of a check. */
export interface ModelThresholds {
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

/**
 * The status after the last of some results: no milder than all of the last `failureThreshold`, no worse than all of
 * the last `successThreshold`, and else as it was.
 */
export function judged(
  before: HealthStatus | undefined,
  raws: readonly HealthStatus[],
  { failureThreshold, successThreshold }: ModelThresholds,
): HealthStatus {
  const floor = raws.length < failureThreshold ? [0] : raws.slice(-failureThreshold).map(badness);
  const roof = raws.length < successThreshold ? [2] : raws.slice(-successThreshold).map(badness);
  const was = badness(before ?? raws.at(-1)!);
  return MILD_TO_BAD[Math.min(Math.max(was, Math.min(...floor)), Math.max(...roof))]!;
}

/** The overall status, as the contract words it. */
export function overall(
  weighed: readonly { status: HealthStatus; critical: boolean }[],
): HealthStatus {
  if (weighed.some(({ status, critical }) => status === UNHEALTHY && critical)) return UNHEALTHY;
  return weighed.every(({ status }) => status === HEALTHY) ? HEALTHY : DEGRADED;
}

/** One run of a check. */
export interface ModelRun {
  readonly startedMs: number;
  /** For how long the event loop was held meanwhile. */
  heldMs: number;
  /** For how long others may have held it. */
  heldByOthersMs: number;
  state: 'open' | 'late' | 'stopped';
  /** What those who wait for the run are told; `undefined` while they wait. */
  answer: HealthStatus | undefined;
}

/** A change of status. */
export interface ModelChange {
  readonly from: HealthStatus | undefined;
  readonly to: HealthStatus;
}

/** The options of a check with the documented defaults. */
export function withDefaults(
  options: HealthCheckOptions,
  settings: { timeoutMs?: number | undefined; cacheMs?: number | undefined },
): CheckModel['options'] {
  return {
    timeoutMs: options.timeoutMs ?? settings.timeoutMs ?? 800,
    cacheMs: options.cacheMs ?? settings.cacheMs ?? 0,
    intervalMs: options.intervalMs,
    critical: options.critical ?? true,
    probes: options.probes ?? ['readiness'],
    failureThreshold: options.failureThreshold ?? 1,
    successThreshold: options.successThreshold ?? 1,
  };
}

/** What the documentation says of one check, told of what happens and when. It calls nothing and knows no timers. */
export class CheckModel {
  readonly results: HealthStatus[] = [];
  readonly changes: ModelChange[] = [];
  /** How often the check must have been called. */
  calls = 0;
  run: ModelRun | undefined;
  last: { readonly raw: HealthStatus; readonly atMs: number; stale: boolean } | undefined;
  stopped = false;
  /** When the next background run is due; `undefined` while one is under way, or none will be. */
  dueMs: number | undefined;
  #background = false;
  #backgroundRun: ModelRun | undefined;
  #raws: HealthStatus[] = [];
  #status: HealthStatus | undefined;

  constructor(
    readonly options: ModelThresholds & {
      readonly timeoutMs: number;
      readonly cacheMs: number;
      readonly intervalMs: number | undefined;
      readonly critical: boolean;
      readonly probes: readonly HealthProbe[];
    },
    private readonly random: number,
    private readonly changed: (change: ModelChange) => void,
  ) {}

  /** Somebody asks. @returns what is answered at once, or the run that will answer. */
  ask(nowMs: number): HealthStatus | ModelRun {
    if (this.last !== undefined) {
      const share = this.last.raw === HEALTHY ? 1 : 0.1;
      const fresh = nowMs - this.last.atMs < this.options.cacheMs * share;
      if (this.#background || (fresh && !this.#tooOld(nowMs))) return this.known(nowMs);
    }
    return this.#runNow(nowMs);
  }

  /** The last known status. */
  known(nowMs: number): HealthStatus {
    if (this.last === undefined) return UNHEALTHY;
    if (this.#tooOld(nowMs) && !this.last.stale) {
      this.last.stale = true;
      this.#raws = [];
      this.#keep(UNHEALTHY);
    }
    return this.#status!;
  }

  /** The check has come back. */
  settle(nowMs: number, raw: HealthStatus): void {
    const run = this.run!;
    this.run = undefined;
    if (run.state === 'open') this.#end(run, nowMs, raw);
  }

  /** The deadline of the run under way has passed. */
  deadline(nowMs: number): void {
    this.run!.state = 'late';
    this.#end(this.run!, nowMs, UNHEALTHY);
  }

  startBackground(nowMs: number): void {
    const { intervalMs } = this.options;
    if (intervalMs === undefined || this.#background) return;
    this.#background = true;
    if (this.last === undefined) this.#runNow(nowMs);
    this.dueMs = nowMs + intervalMs * this.random;
  }

  endBackground(): void {
    this.#background = false;
    this.dueMs = undefined;
    this.#backgroundRun = undefined;
  }

  /** A background run is due. */
  backgroundRun(nowMs: number): void {
    this.dueMs = undefined;
    const run = this.#runNow(nowMs);
    if (typeof run === 'string') this.#dueAfter(nowMs);
    else this.#backgroundRun = run;
  }

  /** The check is removed, or the application has closed. @param called whether its run has come to call it. */
  stop(called: boolean): void {
    this.stopped = true;
    this.endBackground();
    if (this.run?.state !== 'open') return;
    this.run.state = 'stopped';
    this.run.answer = UNHEALTHY;
    if (called) return;
    this.run = undefined;
    this.calls -= 1;
  }

  #tooOld(nowMs: number): boolean {
    const { intervalMs = Infinity, timeoutMs } = this.options;
    return this.last !== undefined && nowMs - this.last.atMs > 2 * intervalMs + timeoutMs;
  }

  #runNow(nowMs: number): HealthStatus | ModelRun {
    if (this.run === undefined) {
      this.calls += 1;
      this.run = {
        startedMs: nowMs,
        heldMs: 0,
        heldByOthersMs: 0,
        state: 'open',
        answer: undefined,
      };
    }
    if (this.run.state !== 'late') return this.run;
    const failedAgain = this.last === undefined || nowMs - this.last.atMs >= this.options.timeoutMs;
    return failedAgain ? this.#count(nowMs, UNHEALTHY) : this.#status!;
  }

  #end(run: ModelRun, nowMs: number, raw: HealthStatus): void {
    run.answer = this.#count(nowMs, raw);
    if (this.#backgroundRun !== run) return;
    this.#backgroundRun = undefined;
    this.#dueAfter(nowMs);
  }

  #dueAfter(nowMs: number): void {
    this.dueMs = nowMs + this.options.intervalMs! * (0.9 + 0.2 * this.random);
  }

  #count(nowMs: number, raw: HealthStatus): HealthStatus {
    if (this.stopped) return raw;
    this.last = { raw, atMs: nowMs, stale: false };
    this.#raws.push(raw);
    this.#keep(judged(this.#status, this.#raws, this.options));
    return this.#status!;
  }

  #keep(status: HealthStatus): void {
    const from = this.#status;
    this.#status = status;
    this.results.push(status);
    if (status === (from ?? HEALTHY)) return;
    this.changes.push({ from, to: status });
    this.changed({ from, to: status });
  }
}
