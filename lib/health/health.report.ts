import { HealthStatus, type HealthCheckResult, type HealthReport } from './health.types.js';
import { worst } from './severity.js';

/** A result, and whether it counts in full. */
export interface WeighedResult {
  readonly result: HealthCheckResult;
  readonly critical: boolean;
}

/** Puts results together. No result at all is healthy. */
export function buildReport(weighed: readonly WeighedResult[], timestamp: Date): HealthReport {
  return {
    status: worst(weighed.map(effectOnWhole)),
    timestamp,
    checks: weighed.map(({ result }) => result),
  };
}

/** What a result means for the whole: unhealthy counts as degraded where the check is not critical. */
export function effectOnWhole({ result, critical }: WeighedResult): HealthStatus {
  const softened = result.status === HealthStatus.UNHEALTHY && !critical;
  return softened ? HealthStatus.DEGRADED : result.status;
}
