import { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../clock.js';
import type { Faults } from '../faults.js';
import type { HealthObserver, HealthRegistry } from '../health/health.registry.js';
import { HealthStatus, type HealthCheckResult } from '../health/health.types.js';
import type { SentryService } from '../sentry/sentry.service.js';
import type {
  SentryCaptureContext,
  SentryHealthSettings,
  SentryLevel,
} from '../sentry/sentry.types.js';
import { errorText, shorten } from '../show-value.js';
import { SafeLogger } from '../tell.js';
import { ToldStatus, type Telling } from './told-status.js';

const { HEALTHY, DEGRADED } = HealthStatus;

/** What Sentry is told with. */
type Told = Pick<SentryService, 'enabled' | 'captureMessage' | 'addBreadcrumb'>;

/** How many of the last results go with an event, and how much of each: Sentry cuts larger contexts off. */
const SHOWN_RESULTS = 10;
const SHOWN_OF_RESULT = 500;

/**
 * Tells Sentry what health checks come to: one event for each check that turns unhealthy and one for its recovery,
 * however often it is probed.
 *
 * @param settings `undefined`: nothing is told.
 */
export function reportTransitions(
  health: HealthRegistry,
  sentry: Told,
  settings: SentryHealthSettings | undefined,
  clock: Clock,
  faults: Faults,
): void {
  if (settings === undefined) return;
  health.observeWith(new HealthSentry(health, sentry, settings, clock, faults));
}

/** Needs no timer: what was held back is told at the first result after its time. */
class HealthSentry implements HealthObserver {
  readonly #checks = new Map<string, ToldStatus>();
  readonly #logger = new SafeLogger();
  /**
   * Where the application has booted. A request that happens to bring a check to its result is not what the event is
   * about, and its user, tags and breadcrumbs would be on it; forking its scope would copy them. A breadcrumb left
   * there is on the events of all that begins later, where one left in the request would be gone with it.
   */
  readonly #boot = new AsyncResource('HealthSentry');

  constructor(
    private readonly health: Pick<HealthRegistry, 'history'>,
    private readonly sentry: Told,
    private readonly settings: SentryHealthSettings,
    private readonly clock: Clock,
    private readonly faults: Faults,
  ) {}

  /** Called by the registry. */
  recorded(result: HealthCheckResult, { critical }: { readonly critical: boolean }): void {
    const check = this.#of(result.name);
    try {
      const nowMs = this.clock.nowMs();
      const telling = check.take(result.status, nowMs);
      // What was told to nobody does not count as told: Sentry may be switched on later.
      if (telling === undefined || !this.sentry.enabled) return;
      const tell = (): boolean => this.#tell(telling, result, check, critical);
      if (this.#boot.runInAsyncScope(tell)) check.told(telling, nowMs);
    } catch (error) {
      this.faults.count('health_listener');
      this.#logger.warn(
        `Sentry was not told of health check "${result.name}": ${errorText(error)}`,
      );
    }
  }

  /** Called by the registry. */
  removed(name: string): void {
    this.#checks.delete(name);
  }

  #of(name: string): ToldStatus {
    const known = this.#checks.get(name);
    if (known !== undefined) return known;
    const check = new ToldStatus(this.settings);
    this.#checks.set(name, check);
    return check;
  }

  /** @returns whether Sentry has taken it. */
  #tell(
    telling: Telling,
    result: HealthCheckResult,
    { previous }: ToldStatus,
    critical: boolean,
  ): boolean {
    const { name, status } = result;
    // Always the same words, as events with the same words are found together; what has failed is in the context.
    const message = `Health check "${name}" is ${status === HEALTHY ? 'healthy again' : status}`;
    const level = levelOf(status, critical);
    if (telling === 'breadcrumb') {
      const data = { check: name, status, message: result.message };
      this.sentry.addBreadcrumb({ category: 'health', message, level, data });
      return true;
    }
    const { results } = this.health.history(name);
    const context = contextOf(result, previous, critical, results.slice(-SHOWN_RESULTS));
    return this.sentry.captureMessage(message, level, context) !== null;
  }
}

function levelOf(status: HealthStatus, critical: boolean): SentryLevel {
  if (status === HEALTHY) return 'info';
  return status === DEGRADED || !critical ? 'warning' : 'error';
}

function contextOf(
  { name, status, message, latencyMs, details, checkedAt }: HealthCheckResult,
  previous: HealthStatus | undefined,
  critical: boolean,
  results: readonly HealthCheckResult[],
): SentryCaptureContext {
  return {
    // One issue for each check, its recovery included: the last event says how the check is, and a recovery
    // does not stand as a problem of its own beside the outage that it ends.
    fingerprint: ['health-check', name],
    tags: { 'health.check': name, 'health.status': status, 'health.previous': previous },
    contexts: {
      health_check: {
        name,
        status,
        critical,
        message,
        latency_ms: latencyMs,
        checked_at: checkedAt.toISOString(),
        details,
        // Lines of text: Sentry's SDK cuts off what is nested deeper.
        last_results: results.map(lineOf),
      },
    },
  };
}

function lineOf({ status, message, latencyMs, details, checkedAt }: HealthCheckResult): string {
  const shown = Object.keys(details).length === 0 ? '' : JSON.stringify(details);
  const parts = [checkedAt.toISOString(), status, `${Math.round(latencyMs)} ms`, message, shown];
  return shorten(parts.filter((part) => part !== '').join(' '), SHOWN_OF_RESULT);
}
