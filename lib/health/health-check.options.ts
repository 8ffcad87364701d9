import { MAX_DELAY_MS } from '../clock.js';
import { showValue } from '../show-value.js';
import type { HealthProbe } from './health.types.js';

/** How a check is run and what it counts for. */
export interface HealthCheckOptions {
  /**
   * Deadline of one run, in milliseconds: 1 to 2147483647. A run that has not settled by then is unhealthy, and its
   * `AbortSignal` is aborted. The default lies below the kubelet's default patience of one second.
   *
   * @default 800, or the module's `health.timeoutMs`
   */
  readonly timeoutMs?: number | undefined;
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
}

/** The options of a check with every default filled in. */
export interface ResolvedCheckOptions {
  readonly timeoutMs: number;
  readonly critical: boolean;
  readonly probes: readonly HealthProbe[];
}

/** The deadline of a run where nobody set another, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 800;

const KNOWN: readonly string[] = ['timeoutMs', 'critical', 'probes'];
const PROBES: readonly unknown[] = ['liveness', 'readiness'];

/** Says whether a value is a deadline: a number of milliseconds that a timer can wait. */
export function isTimeoutMs(value: unknown): value is number {
  return typeof value === 'number' && value >= 1 && value <= MAX_DELAY_MS;
}

/** What {@link isTimeoutMs} accepts, for error messages. */
export const TIMEOUT_RULE = `a number of milliseconds, 1 to ${MAX_DELAY_MS}`;

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
  const refuse = (what: string, value: unknown, rule: string): never => {
    throw new TypeError(`${subject}: ${what} is ${showValue(value)}; accepted is ${rule}.`);
  };
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return refuse('options', options, 'an object');
  }
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) return refuse('an option', unknown, `one of ${KNOWN.join(', ')}`);

  const { timeoutMs, critical, probes } = options as Record<string, unknown>;
  if (timeoutMs !== undefined && !isTimeoutMs(timeoutMs))
    refuse('timeoutMs', timeoutMs, TIMEOUT_RULE);
  if (critical !== undefined && typeof critical !== 'boolean')
    refuse('critical', critical, 'true or false');
  if (
    probes !== undefined &&
    !(Array.isArray(probes) && probes.every((probe) => PROBES.includes(probe)))
  ) {
    refuse('probes', probes, "an array of 'liveness' and 'readiness'");
  }
}

/** Fills in the defaults. */
export function resolveCheckOptions(
  options: HealthCheckOptions,
  defaultTimeoutMs: number,
): ResolvedCheckOptions {
  return {
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
    critical: options.critical ?? true,
    probes: [...(options.probes ?? ['readiness'])],
  };
}
