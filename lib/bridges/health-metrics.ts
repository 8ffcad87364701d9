import type { HealthRegistry } from '../health/health.registry.js';
import { HealthStatus, type HealthCheckResult } from '../health/health.types.js';
import { UNLIMITED, type MetricsRegistry } from '../metrics/metrics.registry.js';
import type { Counter, Gauge } from '../metrics/metrics.types.js';

const STATUSES = Object.values(HealthStatus);

/** From what needs no I/O up to what has passed a deadline, in seconds. */
const DURATION_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Exports what is known of the health checks, and never runs one. A check has no series before its first result, and
 * none any more once it is removed.
 */
export function exportHealth(health: HealthRegistry, metrics: MetricsRegistry): void {
  if (!metrics.enabled) return;
  exportReadiness(health, metrics);
  const gauges = exportLastResults(health, metrics);
  const transitions = exportTransitions(health, metrics);
  const durations = metrics.exported(
    'histogram',
    {
      name: 'health_check_duration_seconds',
      help: 'How long calls of a health check took, up to their deadline.',
      labelNames: ['check'],
      buckets: DURATION_BUCKETS,
    },
    UNLIMITED,
  );
  health.observeWith({
    ran: ({ name, latencyMs }) => durations.observe({ check: name }, latencyMs / 1_000),
    removed: (check) => {
      durations.remove({ check });
      gauges.forget(check);
      transitions.forget(check);
    },
  });
}

/** What is kept of each check until it is removed. */
interface PerCheck {
  forget(check: string): void;
}

function exportReadiness(health: HealthRegistry, metrics: MetricsRegistry): void {
  metrics.exported('gauge', {
    name: 'health_ready',
    help: 'Whether this instance may get traffic, as the readiness probe tells it.',
    aggregator: 'min',
    collect(this: Gauge) {
      const isWell = health.report('readiness').status !== HealthStatus.UNHEALTHY;
      this.set(Number(health.readiness.ready && isWell));
    },
  });
  metrics.exported('gauge', {
    name: 'health_shutting_down',
    help: 'Whether shutdown has begun.',
    aggregator: 'max',
    collect(this: Gauge) {
      this.set(Number(health.readiness.isStopping));
    },
  });
}

function exportLastResults(health: HealthRegistry, metrics: MetricsRegistry): PerCheck {
  const status = metrics.exported(
    'gauge',
    {
      name: 'health_check_status',
      help: 'Last known status of a health check: 1 for the one that it has, 0 for the others.',
      labelNames: ['check', 'status'],
      aggregator: 'max',
      collect(this: Gauge) {
        for (const result of health.knownResults()) setOneHot(this, result);
      },
    },
    UNLIMITED,
  );
  const lastRun = metrics.exported(
    'gauge',
    {
      name: 'health_check_last_run_timestamp_seconds',
      help: 'When the last run of a health check ended, or passed its deadline, in Unix time.',
      labelNames: ['check'],
      aggregator: 'max',
      collect(this: Gauge) {
        for (const { name, checkedAt } of health.knownResults()) {
          this.set({ check: name }, checkedAt.getTime() / 1_000);
        }
      },
    },
    UNLIMITED,
  );
  return {
    forget: (check) => {
      for (const word of STATUSES) status.remove({ check, status: word });
      lastRun.remove({ check });
    },
  };
}

function setOneHot(gauge: Gauge, { name, status }: HealthCheckResult): void {
  for (const word of STATUSES) {
    gauge.set({ check: name, status: word }, Number(word === status));
  }
}

function exportTransitions(health: HealthRegistry, metrics: MetricsRegistry): PerCheck {
  const begun = new Set<string>();
  const transitions = metrics.exported(
    'counter',
    {
      name: 'health_check_transitions_total',
      help: 'Changes of the status of a health check, by the status that it changed to.',
      labelNames: ['check', 'to'],
      collect(this: Counter) {
        // Asking is also what lets a result become too old, which is a transition.
        for (const { name } of health.knownResults()) begin(this, name);
      },
    },
    UNLIMITED,
  );
  /** From 0, so that the first transition is an increase. */
  const begin = (counter: Counter, check: string): void => {
    if (begun.has(check)) return;
    begun.add(check);
    for (const to of STATUSES) counter.inc({ check, to }, 0);
  };
  health.onTransition(({ name, to }) => {
    // A listener before this one may have removed it.
    if (health.has(name)) transitions.inc({ check: name, to });
  });
  return {
    forget: (check) => {
      begun.delete(check);
      for (const to of STATUSES) transitions.remove({ check, to });
    },
  };
}
