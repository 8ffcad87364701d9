import { HealthStatus, type HealthCheckResult, type HealthReport } from '../health/health.types.js';
import { shorten } from '../show-value.js';

/** The longest body, in bytes. */
export const MAX_BODY_BYTES: number = 64 * 1_024;

/** What the rest of the body takes at most, in bytes. */
const FRAME_BYTES = 200;

const SHORT_MESSAGE = 100;

/** One check in the body of `GET /health`. */
export interface CheckOnWire {
  readonly name: string;
  readonly status: HealthStatus;
  readonly message: string;
  readonly latency_ms: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly checked_at: string;
}

/** The body of `GET /health`, as an object. */
export interface HealthOnWire {
  readonly status: HealthStatus;
  readonly timestamp: string;
  readonly truncated?: true;
  readonly checks_left_out?: number;
  readonly checks: readonly CheckOnWire[];
}

/** What `GET /health` says, as text. */
export function healthBody(report: HealthReport, showDetails: boolean): string {
  return boundedHealth(report, showDetails).text;
}

/** What `GET /health` says, as an object. */
export function healthOnWire(report: HealthReport, showDetails: boolean): HealthOnWire {
  return boundedHealth(report, showDetails).body;
}

interface Written {
  readonly body: HealthOnWire;
  readonly text: string;
}

/**
 * The body of `GET /health`. One that would be too long loses first the details that take more than their share, then
 * all details and long messages, then whole checks, the healthy ones before the others; `truncated` says so, and
 * `checks_left_out` how many checks are missing. The overall status is that of all checks in any case.
 */
function boundedHealth(report: HealthReport, showDetails: boolean): Written {
  const checks = report.checks.map((result) => onWire(result, showDetails));
  const whole = write(report, checks);
  if (fits(whole)) return whole;

  const share = Math.floor((MAX_BODY_BYTES - FRAME_BYTES) / checks.length);
  const withinShare = checks.map((check) =>
    bytesOf(check) > share ? withoutDetails(check) : check,
  );
  const shorter = write(report, withinShare, { truncated: true });
  if (fits(shorter)) return shorter;

  const kept = asManyAsFit(checks.map(withoutDetails));
  return write(report, kept, { truncated: true, checks_left_out: checks.length - kept.length });
}

function onWire(result: HealthCheckResult, showDetails: boolean): CheckOnWire {
  return {
    name: result.name,
    status: result.status,
    message: showDetails ? result.message : '',
    latency_ms: result.latencyMs,
    details: showDetails ? result.details : {},
    checked_at: timeText(result.checkedAt),
  };
}

/** A date is all that someone who has got a result can change in it. */
function timeText(date: Date): string {
  const ms = date.getTime();
  return new Date(Number.isNaN(ms) ? 0 : ms).toISOString();
}

function withoutDetails(check: CheckOnWire): CheckOnWire {
  const empty = Object.keys(check.details).length === 0;
  return {
    ...check,
    message: shorten(check.message, SHORT_MESSAGE),
    details: empty ? check.details : { truncated: true },
  };
}

/** In their order, the bad ones before the others. */
function asManyAsFit(checks: readonly CheckOnWire[]): CheckOnWire[] {
  const kept = new Set<CheckOnWire>();
  let room = MAX_BODY_BYTES - FRAME_BYTES;
  const badFirst = checks.toSorted((a, b) => Number(isHealthy(a)) - Number(isHealthy(b)));
  for (const check of badFirst) {
    room -= bytesOf(check) + 1;
    if (room < 0) break;
    kept.add(check);
  }
  return checks.filter((check) => kept.has(check));
}

function isHealthy({ status }: CheckOnWire): boolean {
  return status === HealthStatus.HEALTHY;
}

function write(
  { status, timestamp }: HealthReport,
  checks: readonly CheckOnWire[],
  marks?: Pick<HealthOnWire, 'truncated' | 'checks_left_out'>,
): Written {
  const body: HealthOnWire = { status, timestamp: timestamp.toISOString(), ...marks, checks };
  return { body, text: JSON.stringify(body) };
}

function fits({ text }: Written): boolean {
  return Buffer.byteLength(text) <= MAX_BODY_BYTES;
}

function bytesOf(check: CheckOnWire): number {
  return Buffer.byteLength(JSON.stringify(check));
}
