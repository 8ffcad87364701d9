import { systemClock, type Clock } from '../clock.js';
import { Faults } from '../faults.js';
import { errorText, shorten, showText, showValue } from '../show-value.js';
import { SafeLogger } from '../tell.js';
import { EventLoopWatch } from './event-loop-watch.js';
import { assertCheckName, isModuleHook } from './health-check.name.js';
import {
  assertCheckOptions,
  DEFAULT_CACHE_MS,
  DEFAULT_TIMEOUT_MS,
  PROBES,
  resolveCheckOptions,
  type CheckDefaults,
  type HealthCheckOptions,
} from './health-check.options.js';
import { buildReport, type WeighedResult } from './health.report.js';
import type {
  HealthCheckFunction,
  HealthCheckHistory,
  HealthCheckResult,
  HealthProbe,
  HealthReport,
  IndicatorResult,
} from './health.types.js';
import { Readiness } from './readiness.js';
import { RegisteredCheck, type CheckSurroundings } from './registered-check.js';
import { RunSlots } from './run-slots.js';
import { toIndicatorResult } from './terminus.js';
import { TransitionListeners, type HealthTransitionListener } from './transition-listeners.js';

/** What holds for all checks of one registry. */
export interface HealthRegistrySettings extends Partial<CheckDefaults> {
  /** Whether everyone may see messages and details. @default true */
  readonly showsDetails?: boolean;
}

/** Is told what happens to the checks of a registry beside their transitions. It must not throw. @internal */
export interface HealthObserver {
  /** A check was called, and has answered or passed its deadline: once for each call. */
  ran?(result: HealthCheckResult): void;
  /** A check has come to a result, thresholds taken into account; nobody is told while the application closes. */
  recorded?(result: HealthCheckResult, check: { readonly critical: boolean }): void;
  /** A check is not there any more. */
  removed?(name: string): void;
}

/** How many checks run at once. Those that count for liveness do not wait for the others. */
const MAX_RUNNING = 64;

/**
 * Holds the health checks of one application and runs them. Injectable everywhere.
 *
 * `run()` never rejects, and `runCheck()` only for an unknown name: a check that throws, hangs or returns nonsense is
 * unhealthy, and the others keep their results.
 *
 * @example
 * const remove = registry.registerCheck('redis', async () => { await redis.ping(); });
 */
export class HealthRegistry {
  readonly #checks = new Map<string, RegisteredCheck>();
  readonly #logger = new SafeLogger();
  readonly #defaults: CheckDefaults;
  readonly #showsDetails: boolean;
  readonly #surroundings: CheckSurroundings;
  readonly #surroundingsOfLiveness: CheckSurroundings;
  readonly #listeners: TransitionListeners;
  readonly #lists = new Map<HealthProbe | undefined, readonly RegisteredCheck[]>();
  #phase: 'open' | 'listening' | 'closing' = 'open';
  #discover: () => void = () => {};
  readonly #observers: HealthObserver[] = [];

  /** @internal */
  readonly readiness: Readiness = new Readiness();

  /** The module makes the registry of an application; tests may make one with a clock of their own. @internal */
  constructor(
    settings: HealthRegistrySettings = {},
    private readonly clock: Clock = systemClock,
    faults: Faults = new Faults(),
  ) {
    this.#listeners = new TransitionListeners((error) => {
      faults.count('health_listener');
      this.#logger.warn(`A listener of health transitions failed: ${errorText(error)}`);
    });
    this.#defaults = {
      timeoutMs: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      cacheMs: settings.cacheMs ?? DEFAULT_CACHE_MS,
    };
    this.#showsDetails = settings.showsDetails ?? true;
    this.#surroundings = {
      clock,
      loop: new EventLoopWatch(clock),
      slots: new RunSlots(MAX_RUNNING),
      // What fails because the application closes is no news.
      transition: (transition) => {
        if (this.#phase !== 'closing') this.#listeners.tell(transition);
      },
      recorded: (result, check) => {
        if (this.#phase === 'closing') return;
        for (const observer of this.#observers) observer.recorded?.(result, check);
      },
      ran: (result) => {
        for (const observer of this.#observers) observer.ran?.(result);
      },
      warn: (problem) => this.#logger.warn(problem),
    };
    this.#surroundingsOfLiveness = {
      ...this.#surroundings,
      slots: new RunSlots(Number.POSITIVE_INFINITY),
    };
  }

  /**
   * Registers a check.
   *
   * @returns a function that removes it.
   * @throws TypeError when the name, the function or an option is not what it must be.
   * @throws Error when the name is taken; it names both owners.
   */
  registerCheck(
    name: string,
    fn: HealthCheckFunction,
    options: HealthCheckOptions = {},
  ): () => void {
    assertCheckName(name);
    return this.add(name, fn, options, 'a call of registerCheck()');
  }

  /** Registers a check under any name, for a known owner. @internal */
  add(
    name: string,
    fn: HealthCheckFunction,
    options: HealthCheckOptions,
    owner: string,
  ): () => void {
    const subject = `Health check "${name}"`;
    if (typeof fn !== 'function') {
      throw new TypeError(`${subject}: the check is ${showValue(fn)}; accepted is a function.`);
    }
    const given = isObject(options) ? { ...options } : options;
    assertCheckOptions(subject, given);
    const taken = this.#checks.get(name);
    if (taken !== undefined) {
      throw new Error(
        `${subject} is registered twice: by ${taken.definition.owner} and by ${owner}. ` +
          'Give one of them another name, or a name made from its instance: @HealthCheck((self) => …).',
      );
    }
    const resolved = resolveCheckOptions(given, this.#defaults);
    const surroundings = resolved.probes.includes('liveness')
      ? this.#surroundingsOfLiveness
      : this.#surroundings;
    const check = new RegisteredCheck({ name, fn, owner, ...resolved }, surroundings);
    this.#checks.set(name, check);
    this.#lists.clear();
    if (this.#phase === 'listening') check.startBackground();
    return () => {
      if (this.#checks.get(name) === check) this.unregister(name);
    };
  }

  /** Removes a check, and aborts its run if it is running. @returns whether there was one. */
  unregister(name: string): boolean {
    const check = this.#checks.get(name);
    if (check === undefined) return false;
    this.#checks.delete(name);
    this.#lists.clear();
    check.stop('the check was removed');
    for (const observer of this.#observers) observer.removed?.(name);
    return true;
  }

  /** Says whether a check of this name is registered. */
  has(name: string): boolean {
    return this.#checks.has(name);
  }

  /** The names of all checks, in order of registration, module checks last. */
  names(): string[] {
    return this.#listed().map(({ definition }) => definition.name);
  }

  /**
   * The results of all checks, from memory where a check's options allow that. Callers at the same time share one run
   * of each check.
   *
   * @param probe asks only for the checks that count for it.
   */
  async run(probe?: HealthProbe): Promise<HealthReport> {
    return buildReport(await this.#askAll(probe), this.clock.date());
  }

  /**
   * The result of one check, from memory where its options allow that.
   *
   * @throws Error (as a rejection) when there is no check of this name.
   */
  async runCheck(name: string): Promise<HealthCheckResult> {
    this.#discover();
    return this.#get(name).ask();
  }

  /**
   * The last known results, without running anything. A check that has not run yet is unhealthy, and so is, from now on,
   * a result of a check with an interval that has become too old.
   *
   * @param probe tells only of the checks that count for it.
   */
  report(probe?: HealthProbe): HealthReport {
    const weighed = this.#listed(probe).map((check) => ({
      critical: check.definition.critical,
      result: check.last(),
    }));
    return buildReport(weighed, this.clock.date());
  }

  /**
   * What a check has lately come to: its last 20 results and its last 20 transitions. Among the results is one for each
   * deadline that a hanging run has passed again, and one where a result has become too old.
   *
   * @throws Error when there is no check of this name.
   */
  history(name: string): HealthCheckHistory {
    return this.#get(name).history();
  }

  /**
   * Calls the listener at each change of a check's status, thresholds taken into account, once each. The first result
   * of a check is a change only if it is not healthy. What a listener throws is logged and reaches nobody else.
   * While the application closes nobody is called.
   *
   * @returns a function that removes the listener.
   * @throws TypeError when the listener is no function.
   */
  onTransition(listener: HealthTransitionListener): () => void {
    if (typeof listener !== 'function') {
      throw new TypeError(`onTransition() takes a function; got ${showValue(listener)}.`);
    }
    return this.#listeners.add(listener);
  }

  /**
   * All results as an indicator of `@nestjs/terminus` returns them, for a controller that stands on it. Messages and
   * details are in it only under `health.details: 'always'`.
   *
   * @example
   * this.health.check([() => this.checks.asIndicator()]);
   */
  async asIndicator(): Promise<IndicatorResult> {
    return toIndicatorResult(await this.#askAll(), this.#showsDetails);
  }

  /**
   * Takes this instance out of traffic (`/health/ready` answers 503), or back in. Checks keep running.
   *
   * @param reason is written to the log, together with the change.
   * @throws TypeError when `ready` is neither true nor false.
   */
  setReady(ready: boolean, reason?: string): void {
    if (typeof ready !== 'boolean') {
      throw new TypeError(`setReady() takes true or false; got ${showValue(ready)}.`);
    }
    if (!this.readiness.set(ready)) return;
    const why = reason === undefined ? '' : `: ${errorText(reason)}`;
    this.#logger.log(`Readiness is switched ${ready ? 'on' : 'off'}${why}`);
  }

  /** Whether any check counts for a probe. @internal */
  hasCheckFor(probe: HealthProbe): boolean {
    this.#discover();
    return this.#listed(probe).length > 0;
  }

  /** The checks for a probe that are run when asked, with at least this deadline. @internal */
  slowerThan(timeoutMs: number, probe: HealthProbe): string[] {
    return this.#listed(probe)
      .map(({ definition }) => definition)
      .filter((check) => check.timeoutMs >= timeoutMs && check.intervalMs === undefined)
      .map(({ name }) => name);
  }

  /** Sets what looks for checks that have appeared since the last run; it must not throw. @internal */
  discoverWith(discover: () => void): void {
    this.#discover = discover;
  }

  /** Adds one that is told what happens to the checks. @internal */
  observeWith(observer: HealthObserver): void {
    this.#observers.push(observer);
  }

  /** What {@link report} says of the checks that have run, and nothing of the others. @internal */
  knownResults(): HealthCheckResult[] {
    return this.#listed().flatMap((check) => check.known() ?? []);
  }

  /** The application listens: checks with an interval run in the background from now on. @internal */
  startBackground(): void {
    if (this.#phase !== 'open') return;
    this.#phase = 'listening';
    for (const check of this.#checks.values()) check.startBackground();
  }

  /** The application closes: no traffic, no more background runs, and no transition is told. @internal */
  closing(): void {
    this.#phase = 'closing';
    this.readiness.stopping();
    for (const check of this.#checks.values()) check.endBackground();
  }

  /** Aborts every run in flight; what checks still say counts for nothing. @internal */
  abortRuns(): void {
    for (const check of this.#checks.values()) check.stop('the application has closed');
  }

  #get(name: string): RegisteredCheck {
    const check = this.#checks.get(name);
    if (check !== undefined) return check;
    const known = shorten(this.names().join(', ') || 'none', 1_000);
    const shown = typeof name === 'string' ? showText(name) : showValue(name);
    throw new Error(`There is no health check ${shown}. Registered: ${known}.`);
  }

  #askAll(probe?: HealthProbe): Promise<WeighedResult[]> {
    this.#discover();
    return Promise.all(
      this.#listed(probe).map(async (check) => ({
        critical: check.definition.critical,
        result: await check.ask(),
      })),
    );
  }

  #listed(probe?: HealthProbe): readonly RegisteredCheck[] {
    const known = this.#lists.get(probe);
    if (known !== undefined) return known;
    if (probe !== undefined && !PROBES.includes(probe)) {
      throw new TypeError(`A probe is 'liveness' or 'readiness'; got ${showValue(probe)}.`);
    }
    const all = inOrder([...this.#checks.values()]);
    const listed =
      probe === undefined ? all : all.filter(({ definition }) => definition.probes.includes(probe));
    this.#lists.set(probe, listed);
    return listed;
  }
}

function inOrder(checks: readonly RegisteredCheck[]): RegisteredCheck[] {
  return [...checks.filter((check) => !isHook(check)), ...checks.filter(isHook)];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHook({ definition }: RegisteredCheck): boolean {
  return isModuleHook(definition.name);
}
