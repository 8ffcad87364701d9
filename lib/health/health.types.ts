/** The three statuses of a check and of a report, as they appear on the wire. */
export const HealthStatus = {
  /** All is well. */
  HEALTHY: 'healthy',
  /** Works, with something missing. */
  DEGRADED: 'degraded',
  /** Does not work. */
  UNHEALTHY: 'unhealthy',
} as const;

/** One of `'healthy'`, `'degraded'` and `'unhealthy'`. */
export type HealthStatus = (typeof HealthStatus)[keyof typeof HealthStatus];

/** The kubelet probes that a check can count for. */
export type HealthProbe = 'liveness' | 'readiness';

/** What the registry hands to a check at each run. */
export interface HealthCheckContext {
  /** Aborted when the run's deadline has passed, the check was removed, or the application has closed. */
  readonly signal: AbortSignal;
}

/** What a check says of itself; `healthy()`, `degraded()` and `unhealthy()` build one. Other keys are ignored. */
export interface HealthOutcome {
  readonly status: HealthStatus;
  /** For people. @default '' */
  readonly message?: string | undefined;
  /** For diagnosis; copied, bounded and cleaned of secrets before anyone sees it. @default {} */
  readonly details?: object | undefined;
}

/** What an indicator of `@nestjs/terminus` returns: one entry for each thing that it looked at. */
export type IndicatorResult = Record<
  string,
  { readonly status: 'up' | 'degraded' | 'down'; readonly [key: string]: unknown }
>;

/** What a check may return. Nothing (`undefined`) means that nothing was wrong: healthy. */
export type HealthCheckReturn = void | undefined | HealthStatus | HealthOutcome | IndicatorResult;

/** A health check. Whatever it throws makes it unhealthy, with the error's message. */
export type HealthCheckFunction = (
  context: HealthCheckContext,
) => HealthCheckReturn | PromiseLike<HealthCheckReturn>;

/** What the registry makes of a run of a check, and of a result that is missing, late or too old. */
export interface HealthCheckResult {
  readonly name: string;
  readonly status: HealthStatus;
  /** `''` when the check gave none. */
  readonly message: string;
  /** How long the check took, in milliseconds, without its time in the queue and the time that others held the event loop. */
  readonly latencyMs: number;
  /** `{}` when the check gave none. Plain JSON. */
  readonly details: Readonly<Record<string, unknown>>;
  /** When the run ended, or its deadline passed; before the first run, when the check was registered. */
  readonly checkedAt: Date;
}

/** A change of a check's status, as it counts once the thresholds are taken into account. */
export interface HealthTransition {
  readonly name: string;
  /** `undefined` where the very first result of a check is not healthy. */
  readonly from: HealthStatus | undefined;
  readonly to: HealthStatus;
  /** The result that brought the change. */
  readonly result: HealthCheckResult;
  readonly at: Date;
}

/** What a check has lately come to, oldest first. */
export interface HealthCheckHistory {
  /** The last 20 results. */
  readonly results: readonly HealthCheckResult[];
  /** The last 20 transitions. */
  readonly transitions: readonly HealthTransition[];
}

/** All results, in the order of registration with the module checks last, and what they come to. */
export interface HealthReport {
  readonly status: HealthStatus;
  readonly timestamp: Date;
  readonly checks: readonly HealthCheckResult[];
}
