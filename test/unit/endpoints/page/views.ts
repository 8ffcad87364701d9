import {
  HealthStatus,
  type HealthCheckHistory,
  type HealthCheckResult,
  type HealthTransition,
} from 'nestjs-observability';
import type { CheckOnWire, HealthOnWire } from '../../../../lib/endpoints/health-body.js';
import type { StatusPageView } from '../../../../lib/endpoints/page/status-page.js';

export const NOON = new Date('2026-01-27T12:00:00.000Z');

/** A check as `/health` tells of it. */
export function checkOnWire(name: string, given: Partial<CheckOnWire> = {}): CheckOnWire {
  return {
    name,
    status: HealthStatus.HEALTHY,
    message: '',
    latency_ms: 1,
    details: {},
    checked_at: NOON.toISOString(),
    ...given,
  };
}

/** One result of a check. */
export function resultOf(name: string, given: Partial<HealthCheckResult> = {}): HealthCheckResult {
  return {
    name,
    status: HealthStatus.HEALTHY,
    message: '',
    latencyMs: 1,
    details: {},
    checkedAt: NOON,
    ...given,
  };
}

/** A check that has become unhealthy with its last run, and why. */
export function failedHistory(name: string, message: string): HealthCheckHistory {
  const bad = resultOf(name, { status: HealthStatus.UNHEALTHY, message, latencyMs: 3 });
  const transition: HealthTransition = {
    name,
    from: HealthStatus.HEALTHY,
    to: HealthStatus.UNHEALTHY,
    result: bad,
    at: NOON,
  };
  const good = Array.from({ length: 19 }, () => resultOf(name, { message }));
  return { results: [...good, bad], transitions: [transition] };
}

/** What the page is given. */
export function viewOf(
  checks: readonly CheckOnWire[],
  given: Partial<StatusPageView> = {},
  body: Partial<HealthOnWire> = {},
): StatusPageView {
  return {
    health: { status: HealthStatus.HEALTHY, timestamp: NOON.toISOString(), checks, ...body },
    history: () => undefined,
    showsDetails: true,
    live: 'alive',
    ready: 'ready',
    tools: {},
    ...given,
  };
}
