import { HealthStatus, type HealthCheckResult, type HealthReport } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { healthBody, MAX_BODY_BYTES } from '../../../lib/endpoints/health-body.js';

const { HEALTHY, UNHEALTHY } = HealthStatus;
const NOON = new Date('2026-01-27T12:00:00.000Z');

function result(name: string, given: Partial<HealthCheckResult> = {}): HealthCheckResult {
  return {
    name,
    status: HEALTHY,
    message: '',
    latencyMs: 1,
    details: {},
    checkedAt: NOON,
    ...given,
  };
}

function reportOf(checks: HealthCheckResult[]): HealthReport {
  const bad = checks.some(({ status }) => status === UNHEALTHY);
  return { status: bad ? UNHEALTHY : HEALTHY, timestamp: NOON, checks };
}

interface Body {
  readonly status: HealthStatus;
  readonly truncated?: boolean;
  readonly checks_left_out?: number;
  readonly checks: { name: string; status: string; message: string; details: object }[];
}

function read(checks: HealthCheckResult[], showDetails = true): Body {
  const body = healthBody(reportOf(checks), showDetails);
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BODY_BYTES);
  return JSON.parse(body) as Body;
}

const many = (count: number, given: Partial<HealthCheckResult> = {}): HealthCheckResult[] =>
  Array.from({ length: count }, (_, index) => result(`check-${index}`, given));

describe('the body of /health', () => {
  it('is as it was documented', () => {
    const checks = [result('db', { message: 'fine', details: { rows: 3 } })];
    expect(read(checks)).toEqual({
      status: 'healthy',
      timestamp: '2026-01-27T12:00:00.000Z',
      checks: [
        {
          name: 'db',
          status: 'healthy',
          message: 'fine',
          latency_ms: 1,
          details: { rows: 3 },
          checked_at: '2026-01-27T12:00:00.000Z',
        },
      ],
    });
  });

  it('has neither messages nor details for whoever may not see them', () => {
    const checks = [result('db', { message: 'fine', details: { rows: 3 } })];
    expect(read(checks, false).checks).toMatchObject([{ name: 'db', message: '', details: {} }]);
  });

  it('is not cut while it fits', () => {
    const body = read(many(100, { message: 'x'.repeat(300) }));
    expect(body).not.toHaveProperty('truncated');
    expect(body.checks).toHaveLength(100);
  });

  it('that is too long loses the details that take more than their share, and says so', () => {
    const checks = [
      ...many(20, { details: { text: 'x'.repeat(8_000) } }),
      result('small', { message: 'x'.repeat(500), details: { rows: 3 } }),
    ];
    const body = read(checks);
    expect(body.truncated).toBe(true);
    expect(body.checks).toHaveLength(21);
    expect(body.checks[0]?.details).toEqual({ truncated: true });
    expect(body.checks.at(-1)).toMatchObject({ message: 'x'.repeat(500), details: { rows: 3 } });
  });

  it('counts bytes and not characters', () => {
    const body = read(many(20, { details: { text: '\u{1F600}'.repeat(1_000) } }));
    expect(body.truncated).toBe(true);
  });

  it('loses whole checks only when nothing else helps, the healthy ones first', () => {
    const checks = many(2_000, { message: 'x'.repeat(900) }).map((check, index) =>
      index % 100 === 99 ? { ...check, status: UNHEALTHY } : check,
    );
    const body = read(checks);
    const kept = body.checks.map(({ name }) => Number(name.slice('check-'.length)));
    expect(body.status).toBe(UNHEALTHY);
    expect(body.checks.filter(({ status }) => status === UNHEALTHY)).toHaveLength(20);
    expect(body.checks[0]?.message).toHaveLength(100);
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
    expect(body.checks_left_out).toBe(2_000 - body.checks.length);
    expect(body.checks.length).toBeGreaterThan(200);
  });

  it('is cut even where every check is bad', () => {
    const body = read(many(5_000, { status: UNHEALTHY, message: 'x'.repeat(900) }));
    expect(body.checks_left_out).toBe(5_000 - body.checks.length);
    expect(body.checks[0]?.name).toBe('check-0');
  });
});
