import { Logger } from '@nestjs/common';
import { systemClock, type Clock } from '../clock.js';
import { shorten, showValue } from '../show-value.js';
import { assertCheckName, isModuleHook } from './health-check.name.js';
import {
  assertCheckOptions,
  DEFAULT_TIMEOUT_MS,
  resolveCheckOptions,
  type HealthCheckOptions,
  type ResolvedCheckOptions,
} from './health-check.options.js';
import { HealthCheckRun } from './health-check.run.js';
import { buildReport } from './health.report.js';
import {
  HealthStatus,
  type HealthCheckFunction,
  type HealthCheckResult,
  type HealthProbe,
  type HealthReport,
} from './health.types.js';
import { Readiness } from './readiness.js';

/** What holds for all checks of one registry. */
export interface HealthRegistrySettings {
  /** Deadline of a run where the check names none, in milliseconds. @default 800 */
  readonly timeoutMs?: number | undefined;
}

interface RegisteredCheck extends ResolvedCheckOptions {
  readonly name: string;
  readonly fn: HealthCheckFunction;
  /** Who registered it, as shown to people. */
  readonly owner: string;
  readonly registeredAt: Date;
  run?: HealthCheckRun | undefined;
  last?: HealthCheckResult | undefined;
}

/**
 * Holds the health checks of one application and runs them. Injectable everywhere.
 *
 * Running never rejects: a check that throws, hangs or returns nonsense is unhealthy, and the others keep their results.
 *
 * @example
 * const remove = registry.registerCheck('redis', async () => { await redis.ping(); });
 */
export class HealthRegistry {
  readonly #checks = new Map<string, RegisteredCheck>();
  readonly #logger = new Logger('Observability');
  readonly #timeoutMs: number;
  #discover: () => void = () => {};

  /** @internal */
  readonly readiness: Readiness = new Readiness();

  /** The module makes the registry of an application; tests may make one with a clock of their own. @internal */
  constructor(
    settings: HealthRegistrySettings = {},
    private readonly clock: Clock = systemClock,
  ) {
    this.#timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
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
    const subject = `Health check ${JSON.stringify(name)}`;
    if (typeof fn !== 'function') {
      throw new TypeError(`${subject}: the check is ${showValue(fn)}; accepted is a function.`);
    }
    assertCheckOptions(subject, options);
    const taken = this.#checks.get(name);
    if (taken !== undefined) {
      throw new Error(
        `${subject} is registered twice: by ${taken.owner} and by ${owner}. ` +
          'Give one of them another name, or a name made from its instance: @HealthCheck((self) => …).',
      );
    }
    const check: RegisteredCheck = {
      name,
      fn,
      owner,
      registeredAt: this.clock.date(),
      ...resolveCheckOptions(options, this.#timeoutMs),
    };
    this.#checks.set(name, check);
    return () => {
      if (this.#checks.get(name) === check) this.unregister(name);
    };
  }

  /** Removes a check, and aborts its run if it is running. @returns whether there was one. */
  unregister(name: string): boolean {
    this.#checks.get(name)?.run?.abort('the check was removed');
    return this.#checks.delete(name);
  }

  /** Says whether a check of this name is registered. */
  has(name: string): boolean {
    return this.#checks.has(name);
  }

  /** The names of all checks, in order of registration, module checks last. */
  names(): string[] {
    return this.#listed().map((check) => check.name);
  }

  /**
   * Runs all checks. Callers at the same time share one run of each check.
   *
   * @param probe runs only the checks that count for it.
   */
  async run(probe?: HealthProbe): Promise<HealthReport> {
    this.#discover();
    const checks = this.#listed(probe);
    const weighed = await Promise.all(
      checks.map(async (check) => ({
        critical: check.critical,
        result: await this.#runOne(check),
      })),
    );
    return buildReport(weighed, this.clock.date());
  }

  /**
   * Runs one check.
   *
   * @throws Error (as a rejection) when there is no check of this name.
   */
  async runCheck(name: string): Promise<HealthCheckResult> {
    this.#discover();
    const check = this.#checks.get(name);
    if (check !== undefined) return this.#runOne(check);
    const known = this.names().join(', ') || 'none';
    throw new Error(
      `There is no health check ${shorten(JSON.stringify(name))}. Registered: ${known}.`,
    );
  }

  /**
   * The last known results, without running anything. A check that has not run yet is unhealthy.
   *
   * @param probe tells only of the checks that count for it.
   */
  report(probe?: HealthProbe): HealthReport {
    const weighed = this.#listed(probe).map((check) => ({
      critical: check.critical,
      result: check.last ?? notRunYet(check),
    }));
    return buildReport(weighed, this.clock.date());
  }

  /**
   * Takes this instance out of traffic (`/health/ready` answers 503), or back in. Checks keep running.
   *
   * @param reason is written to the log.
   */
  setReady(ready: boolean, reason?: string): void {
    this.readiness.set(ready);
    const why = reason === undefined ? '' : `: ${shorten(reason)}`;
    this.#logger.log(`Readiness is switched ${ready ? 'on' : 'off'}${why}`);
  }

  /** The checks with a deadline of at least so many milliseconds that count for a probe. @internal */
  slowerThan(timeoutMs: number, probe: HealthProbe): string[] {
    return this.#listed(probe)
      .filter((check) => check.timeoutMs >= timeoutMs)
      .map((check) => check.name);
  }

  /** Sets what looks for checks that have appeared since the last run; it must not throw. @internal */
  discoverWith(discover: () => void): void {
    this.#discover = discover;
  }

  /** Aborts every run in flight. @internal */
  abortRuns(): void {
    for (const check of this.#checks.values()) check.run?.abort('the application has closed');
  }

  #listed(probe?: HealthProbe): RegisteredCheck[] {
    const all = [...this.#checks.values()];
    const wanted = probe === undefined ? all : all.filter((check) => check.probes.includes(probe));
    return [
      ...wanted.filter((check) => !isModuleHook(check.name)),
      ...wanted.filter((check) => isModuleHook(check.name)),
    ];
  }

  /** A run counts as in flight until it has settled: until then nobody starts a second one. */
  async #runOne(check: RegisteredCheck): Promise<HealthCheckResult> {
    const overdue = check.run?.overdue();
    if (overdue !== undefined) return (check.last = overdue);
    const run = (check.run ??= this.#start(check));
    return (check.last = await run.result);
  }

  #start(check: RegisteredCheck): HealthCheckRun {
    const run = new HealthCheckRun(check, {
      clock: this.clock,
      report: (problem) => this.#logger.warn(problem),
    });
    void run.settled.then(() => {
      if (check.run === run) check.run = undefined;
    });
    return run;
  }
}

function notRunYet(check: RegisteredCheck): HealthCheckResult {
  return {
    name: check.name,
    status: HealthStatus.UNHEALTHY,
    message: 'has not run yet',
    latencyMs: 0,
    details: {},
    checkedAt: check.registeredAt,
  };
}
