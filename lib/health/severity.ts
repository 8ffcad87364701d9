import { HealthStatus } from './health.types.js';

const MILD_TO_BAD: readonly HealthStatus[] = [
  HealthStatus.HEALTHY,
  HealthStatus.DEGRADED,
  HealthStatus.UNHEALTHY,
];

/** Says how bad a status is; only comparisons mean anything. */
export function severityOf(status: HealthStatus): number {
  return MILD_TO_BAD.indexOf(status);
}

/** The worst of some statuses; `healthy` where there is none. */
export function worst(statuses: readonly HealthStatus[]): HealthStatus {
  if (statuses.includes(HealthStatus.UNHEALTHY)) return HealthStatus.UNHEALTHY;
  return statuses.includes(HealthStatus.DEGRADED) ? HealthStatus.DEGRADED : HealthStatus.HEALTHY;
}

/** The mildest of some statuses none of which is `healthy`. */
export function mildest(statuses: readonly HealthStatus[]): HealthStatus {
  return statuses.includes(HealthStatus.DEGRADED) ? HealthStatus.DEGRADED : HealthStatus.UNHEALTHY;
}
