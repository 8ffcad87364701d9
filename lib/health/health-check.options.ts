import { MAX_DELAY_MS } from '../clock.js';
import { showValue } from '../show-value.js';
import type { HealthProbe } from './health.types.js';

/** How a check is run and what it counts for. */
export interface HealthCheckOptions {
  /**
   * Deadline of one run, in milliseconds, from when it is asked for: 1 to 2147483647. One that has not settled by then is
   * unhealthy, and its `AbortSignal` is aborted. The default lies below the kubelet's default patience of one second.
   *
   * @default 800, or the module's `health.timeoutMs`
   */
  readonly timeoutMs?: number | undefined;
  /**
   * For how long a settled result is served without running the check again, in milliseconds: 0 to 2147483647. A
   * result that is not healthy is served for a tenth of it, so that a recovery shows soon.
   *
   * @default 0: run at each request, or the module's `health.cacheMs`
   */
  readonly cacheMs?: number | undefined;
  /**
   * Runs the check in the background from when the application listens: the next run starts this many milliseconds
   * after the last one has ended, 10 % sooner or later by chance. The routes then answer from memory. 1 to 2147483647. A
   * result older than 2 × `intervalMs` + `timeoutMs` is unhealthy.
   *
   * @default none: run when asked
   */
  readonly intervalMs?: number | undefined;
  /** `false`: unhealthy counts as degraded in the overall status. @default true */
  readonly critical?: boolean | undefined;
  /**
   * The probes that this check counts for. `[]`: it counts only in `/health`.
   *
   * `'liveness'` lets an unhealthy check get the container killed. Give it only to what a restart mends, never to a
   * database or another service: when that is down, every instance is restarted and none comes back.
   *
   * @default ['readiness']
   */
  readonly probes?: readonly HealthProbe[] | undefined;
  /**
   * How many results in a row must be worse before the status gets worse: 1 to 100. The very first result counts at
   * once. Where a result differs from the status that counts, its `details.raw_status` says so.
   *
   * @default 1
   */
  readonly failureThreshold?: number | undefined;
  /** How many results in a row must be better before the status gets better: 1 to 100. @default 1 */
  readonly successThreshold?: number | undefined;
}

/** The options of a check with every default filled in. */
export interface ResolvedCheckOptions {
  readonly timeoutMs: number;
  readonly cacheMs: number;
  /** `undefined`: no background runs. */
  readonly intervalMs: number | undefined;
  readonly critical: boolean;
  readonly probes: readonly HealthProbe[];
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

/** What holds for a check that does not say otherwise. */
export type CheckDefaults = Pick<ResolvedCheckOptions, 'timeoutMs' | 'cacheMs'>;

/** The deadline of a run where nobody set another, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 800;

/** For how long a result is served where nobody said otherwise, in milliseconds. */
export const DEFAULT_CACHE_MS = 0;

const MAX_THRESHOLD = 100;

/** What a value must be, and how an error message says it. */
interface OptionRule {
  readonly accepted: string;
  readonly allows: (value: unknown) => boolean;
}

/** A time that a timer can wait. */
export const TIMEOUT_RULE: OptionRule = {
  accepted: `a number of milliseconds, 1 to ${MAX_DELAY_MS}`,
  allows: (value) => isBetween(value, 1, MAX_DELAY_MS),
};

/** A time that may be none. */
export const CACHE_RULE: OptionRule = {
  accepted: `a number of milliseconds, 0 to ${MAX_DELAY_MS}`,
  allows: (value) => isBetween(value, 0, MAX_DELAY_MS),
};

/** How many results in a row. */
export const THRESHOLD_RULE: OptionRule = {
  accepted: `a whole number, 1 to ${MAX_THRESHOLD}`,
  allows: (value) => isBetween(value, 1, MAX_THRESHOLD) && Number.isInteger(value),
};

/** The probes that there are. */
export const PROBES: readonly unknown[] = ['liveness', 'readiness'];

const RULES: Readonly<Record<keyof HealthCheckOptions, OptionRule>> = {
  timeoutMs: TIMEOUT_RULE,
  cacheMs: CACHE_RULE,
  intervalMs: TIMEOUT_RULE,
  critical: { accepted: 'true or false', allows: (value) => typeof value === 'boolean' },
  probes: {
    accepted: "an array of 'liveness' and 'readiness'",
    allows: (value) => Array.isArray(value) && value.every((probe) => PROBES.includes(probe)),
  },
  failureThreshold: THRESHOLD_RULE,
  successThreshold: THRESHOLD_RULE,
};

/**
 * Checks the options of a health check.
 *
 * @param subject names the check in the error.
 * @throws TypeError that names the option, its value and what is accepted.
 */
export function assertCheckOptions(
  subject: string,
  options: unknown,
): asserts options is HealthCheckOptions {
  const refuse = (what: string, value: unknown, accepted: string): never => {
    throw new TypeError(`${subject}: ${what} is ${showValue(value)}; accepted is ${accepted}.`);
  };
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return refuse('options', options, 'an object');
  }
  for (const [option, value] of Object.entries(options)) {
    if (!isOption(option)) refuse('an option', option, `one of ${Object.keys(RULES).join(', ')}`);
    else if (value !== undefined && !RULES[option].allows(value))
      refuse(option, value, RULES[option].accepted);
  }
}

function isOption(key: string): key is keyof HealthCheckOptions {
  return Object.hasOwn(RULES, key);
}

/** Fills in the defaults. */
export function resolveCheckOptions(
  options: HealthCheckOptions,
  defaults: CheckDefaults,
): ResolvedCheckOptions {
  return {
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs,
    cacheMs: options.cacheMs ?? defaults.cacheMs,
    intervalMs: options.intervalMs,
    critical: options.critical ?? true,
    probes: [...(options.probes ?? ['readiness'])],
    failureThreshold: options.failureThreshold ?? 1,
    successThreshold: options.successThreshold ?? 1,
  };
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}
