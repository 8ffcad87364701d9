import type { Clock } from '../clock.js';
import { errorText } from '../show-value.js';
import { BackgroundRuns } from './background-runs.js';
import type { EventLoopWatch } from './event-loop-watch.js';
import type { ResolvedCheckOptions } from './health-check.options.js';
import { HealthCheckRun, type RunnableCheck, type RunSurroundings } from './health-check.run.js';
import {
  HealthStatus,
  type HealthCheckHistory,
  type HealthCheckResult,
  type HealthTransition,
} from './health.types.js';
import { Ring } from './ring.js';
import type { RunSlots } from './run-slots.js';
import { severityOf } from './severity.js';
import { StatusJudge } from './status-judge.js';

/** What a check needs from the registry that holds it. */
export interface CheckSurroundings {
  readonly clock: Clock;
  readonly loop: EventLoopWatch;
  readonly slots: RunSlots;
  /** Is told of each change of the status that counts. */
  readonly transition: (transition: HealthTransition) => void;
  /** Is told of each result that is kept, as it counts. */
  readonly recorded: (result: HealthCheckResult, check: CheckDefinition) => void;
  /** Is told of each call of a check that has come to a result, before anything is made of that. */
  readonly ran: (result: HealthCheckResult) => void;
  /** Is told what a check does wrong beside its result. */
  readonly warn: (problem: string) => void;
}

/** A check, its options, and who registered it, as shown to people. */
export interface CheckDefinition extends RunnableCheck, ResolvedCheckOptions {
  readonly owner: string;
}

/** How many results and how many transitions are kept of each check. */
const HISTORY_SIZE = 20;

/** A result that is not healthy is served from memory for this part of `cacheMs`. */
const CACHED_IF_NOT_HEALTHY = 0.1;

/** One check of a registry: when it is run, what of it counts, and what it has lately come to. */
export class RegisteredCheck {
  readonly #judge: StatusJudge;
  readonly #runSurroundings: RunSurroundings;
  readonly #results = new Ring<HealthCheckResult>(HISTORY_SIZE);
  readonly #transitions = new Ring<HealthTransition>(HISTORY_SIZE);
  readonly #registeredAt: Date;
  #run: HealthCheckRun | undefined;
  #last: HealthCheckResult | undefined;
  #lastRaw: HealthStatus = HealthStatus.UNHEALTHY;
  #lastMs = 0;
  #stale = false;
  #stopped = false;
  #stoodStill = false;
  #background: BackgroundRuns | undefined;

  constructor(
    readonly definition: CheckDefinition,
    private readonly surroundings: CheckSurroundings,
  ) {
    this.#judge = new StatusJudge(definition);
    const { clock, loop, slots } = surroundings;
    this.#runSurroundings = {
      clock,
      loop,
      slots,
      signalFailed: (error) => this.#warn(`a listener of its signal failed: ${errorText(error)}`),
      finished: (result, called) => {
        if (called && !this.#stopped) surroundings.ran(result);
        return this.#record(result);
      },
      settled: (run) => this.#settled(run),
    };
    this.#registeredAt = clock.date();
  }

  /** The result for whoever asks now: from memory where that is allowed, else of a run that all who ask share. */
  ask(): HealthCheckResult | Promise<HealthCheckResult> {
    return this.#fromMemory() ?? this.runNow();
  }

  /** Runs the check, or joins the run under way, whatever memory holds. Never rejects. */
  runNow(): Promise<HealthCheckResult> {
    const overdue = this.#run?.overdue();
    if (overdue !== undefined) return Promise.resolve(this.#stillRunning(overdue));
    this.#run ??= new HealthCheckRun(this.definition, this.#runSurroundings);
    return this.#run.result;
  }

  /** The last known result. A check that has not run yet is unhealthy. */
  last(): HealthCheckResult {
    return this.known() ?? this.#notRunYet();
  }

  /** The last known result, if there is one. */
  known(): HealthCheckResult | undefined {
    if (this.#last === undefined) return undefined;
    return this.#isTooOld() && !this.#stale ? this.#goStale(this.#last) : this.#last;
  }

  /** What the check has lately come to. */
  history(): HealthCheckHistory {
    return { results: this.#results.toArray(), transitions: this.#transitions.toArray() };
  }

  /** Runs the check in the background from now on, if it has an interval. */
  startBackground(): void {
    const { intervalMs } = this.definition;
    if (intervalMs === undefined || this.#background !== undefined) return;
    if (this.#last === undefined) void this.runNow();
    const { clock } = this.surroundings;
    this.#background = new BackgroundRuns(() => this.runNow(), intervalMs, clock);
  }

  /** Ends the background runs. From then on the check is run when somebody asks. */
  endBackground(): void {
    this.#background?.stop();
    this.#background = undefined;
  }

  /** Aborts the run under way. What still comes counts for nothing. */
  stop(why: string): void {
    this.#stopped = true;
    this.endBackground();
    this.#run?.abort(why);
  }

  #notRunYet(): HealthCheckResult {
    return Object.freeze({
      name: this.definition.name,
      status: HealthStatus.UNHEALTHY,
      message: 'has not run yet',
      latencyMs: 0,
      details: Object.freeze({}),
      checkedAt: this.#registeredAt,
    });
  }

  #fromMemory(): HealthCheckResult | undefined {
    if (this.#last === undefined) return undefined;
    if (this.#background !== undefined) return this.last();
    const { cacheMs } = this.definition;
    const share = this.#lastRaw === HealthStatus.HEALTHY ? 1 : CACHED_IF_NOT_HEALTHY;
    return this.#ageMs() < cacheMs * share && !this.#isTooOld() ? this.#last : undefined;
  }

  /** The oldest that a result may be, in milliseconds. */
  get #allowedMs(): number {
    const { intervalMs = Number.POSITIVE_INFINITY, timeoutMs } = this.definition;
    return 2 * intervalMs + timeoutMs;
  }

  #isTooOld(): boolean {
    return this.#ageMs() > this.#allowedMs;
  }

  /** A run counts as in flight until the check has settled: until then nobody starts a second one. */
  #settled(run: HealthCheckRun): void {
    this.#run = undefined;
    const { standstill } = run;
    // Once, and not again at each run that does the same.
    if (standstill !== undefined && !this.#stoodStill) this.#warn(standstill.text);
    this.#stoodStill = standstill !== undefined;
  }

  #warn(problem: string): void {
    this.surroundings.warn(`Health check "${this.definition.name}": ${problem}`);
  }

  /** A check that does not come back counts as failed once more each time its deadline has passed again. */
  #stillRunning(overdue: HealthCheckResult): HealthCheckResult {
    const failedAgain = this.#ageMs() >= this.definition.timeoutMs;
    return this.#last === undefined || failedAgain ? this.#record(overdue) : this.#last;
  }

  #record(raw: HealthCheckResult): HealthCheckResult {
    if (this.#stopped) return raw;
    this.#lastMs = this.surroundings.clock.nowMs();
    this.#lastRaw = raw.status;
    this.#stale = false;
    const before = this.#judge.status;
    const status = this.#judge.judge(raw.status);
    return this.#keep(status === raw.status ? raw : this.#heldBack(raw, status), before);
  }

  #heldBack(raw: HealthCheckResult, status: HealthStatus): HealthCheckResult {
    const { failureThreshold, successThreshold } = this.definition;
    const better = severityOf(raw.status) < severityOf(status);
    const needed = better ? successThreshold : failureThreshold;
    const waiting = `${raw.status} now, which counts after ${needed} results in a row`;
    return {
      ...raw,
      status,
      message: raw.message || waiting,
      details: Object.freeze({ ...raw.details, raw_status: raw.status }),
    };
  }

  #goStale(last: HealthCheckResult): HealthCheckResult {
    const before = this.#judge.status;
    const message = `no result since ${last.checkedAt.toISOString()}; ${this.#allowedMs} ms are allowed`;
    this.#stale = true;
    this.#judge.force(HealthStatus.UNHEALTHY);
    return this.#keep({ ...last, status: HealthStatus.UNHEALTHY, message }, before);
  }

  #keep(result: HealthCheckResult, before: HealthStatus | undefined): HealthCheckResult {
    this.#last = Object.freeze(result);
    this.#results.push(result);
    // Ahead of the listeners of transitions: one of them may remove the check.
    this.surroundings.recorded(result, this.definition);
    if (result.status !== (before ?? HealthStatus.HEALTHY)) {
      const { name, status: to } = result;
      const at = this.surroundings.clock.date();
      const transition = Object.freeze({ name, from: before, to, result, at });
      this.#transitions.push(transition);
      this.surroundings.transition(transition);
    }
    return result;
  }

  #ageMs(): number {
    return this.surroundings.clock.nowMs() - this.#lastMs;
  }
}
