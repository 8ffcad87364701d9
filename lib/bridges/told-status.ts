import { HealthStatus } from '../health/health.types.js';
import { severityOf } from '../health/severity.js';
import type { SentryHealthSettings } from '../sentry/sentry.types.js';

const { HEALTHY, UNHEALTHY } = HealthStatus;

/** How a change of a status is told. */
export type Telling = 'event' | 'breadcrumb';

/**
 * What has been told of one check by events, and what is still to be told.
 *
 * A status that is worse is told after so many results in a row that are at least as bad, and not within the interval
 * after one like it; one that is better is told at once. So what flaps comes to one event and one of its end in each
 * interval, and what is told last is what holds.
 */
export class ToldStatus {
  #status: HealthStatus | undefined;
  #previous: HealthStatus | undefined;
  /** That all is well needs no telling. */
  #told: HealthStatus = HEALTHY;
  /** As `#told`, breadcrumbs included. */
  #noted: HealthStatus = HEALTHY;
  #notWell = 0;
  #unhealthy = 0;
  /** No telling of one that is unhealthy before it. */
  #unhealthyUntilMs = Number.NEGATIVE_INFINITY;
  /** No telling of one that is degraded before it. */
  #degradedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly settings: SentryHealthSettings) {}

  /** The status before the current one; `undefined` where there was none. */
  get previous(): HealthStatus | undefined {
    return this.#previous;
  }

  /** Takes in a result. @returns how its status is to be told, if at all. */
  take(status: HealthStatus, nowMs: number): Telling | undefined {
    if (status !== this.#status) {
      this.#previous = this.#status;
      this.#status = status;
    }
    this.#notWell = status === HEALTHY ? 0 : this.#notWell + 1;
    this.#unhealthy = status === UNHEALTHY ? this.#unhealthy + 1 : 0;
    if (this.#needsEvent(status, nowMs)) return 'event';
    const isMild = status !== UNHEALTHY && this.settings.degraded === 'breadcrumb';
    return isMild && status !== this.#noted ? 'breadcrumb' : undefined;
  }

  /** The current status has been told. */
  told(by: Telling, nowMs: number): void {
    if (this.#status === undefined) return;
    this.#noted = this.#status;
    if (by === 'breadcrumb') return;
    const worse = severityOf(this.#status) > severityOf(this.#told);
    this.#told = this.#status;
    if (!worse) return;
    const untilMs = nowMs + this.settings.minIntervalMs;
    this.#degradedUntilMs = untilMs;
    if (this.#status === UNHEALTHY) this.#unhealthyUntilMs = untilMs;
  }

  #needsEvent(status: HealthStatus, nowMs: number): boolean {
    if (severityOf(status) <= severityOf(this.#told)) return status !== this.#told;
    const { degraded, failureThreshold } = this.settings;
    if (status === UNHEALTHY) {
      return this.#unhealthy >= failureThreshold && nowMs >= this.#unhealthyUntilMs;
    }
    return (
      degraded === 'warning' && this.#notWell >= failureThreshold && nowMs >= this.#degradedUntilMs
    );
  }
}
