import type { DynamicModule } from '@nestjs/common';
import {
  HealthRegistry,
  ObservabilityModule,
  type HealthCheckContext,
  type HealthCheckOptions,
  type HealthStatus,
} from 'nestjs-observability';
import { expect } from 'vitest';
import { boot, type BootedApp, type Platform } from '../../support/boot.js';

/** A check as `/health` tells of it. */
export interface CheckOnWire {
  readonly name: string;
  readonly status: HealthStatus;
  readonly message: string;
  readonly latency_ms: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly checked_at: string;
}

/** The body of `/health`. */
export interface BodyOnWire {
  readonly status: HealthStatus;
  readonly timestamp: string;
  readonly truncated?: boolean;
  readonly checks_left_out?: number;
  readonly checks: readonly CheckOnWire[];
}

/** A check before it is registered. */
export interface Planned extends HealthCheckOptions {
  readonly name: string;
  /** May return what no type allows. */
  readonly check: (context: HealthCheckContext) => unknown;
}

/** An application whose checks may do anything. */
export interface FaultyApp extends BootedApp {
  readonly registry: HealthRegistry;
  readonly add: (...planned: Planned[]) => void;
  /** Asks `/health`, and sees to it that the answer has the form and the size that are documented. */
  readonly health: () => Promise<BodyOnWire>;
  /** The check of this name in a new answer of `/health`. */
  readonly ask: (name: string) => Promise<CheckOnWire>;
}

/** Nobody reaches it, also where the machine is busy: what is unhealthy is so for another reason. */
export const PATIENCE_MS = 50_000;

const MAX_BODY_BYTES = 65_536;

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown;
const STATUS = expect.stringMatching(/^(healthy|degraded|unhealthy)$/) as unknown;

/** Boots an application with these checks. */
export async function bootFaulty(
  platform: Platform,
  planned: readonly Planned[] = [],
): Promise<FaultyApp> {
  const add = (registry: HealthRegistry, { name, check, ...options }: Planned): void => {
    registry.registerCheck(name, check as never, options);
  };
  const booted = await boot(appModule(), platform, (app) => {
    for (const one of planned) add(app.get(HealthRegistry), one);
  });
  const registry = booted.app.get(HealthRegistry);
  const health = (): Promise<BodyOnWire> => askHealth(booted);
  return {
    ...booted,
    registry,
    add: (...more) => more.forEach((one) => add(registry, one)),
    health,
    ask: async (name) => checkIn(await health(), name),
  };
}

/** The check of this name in an answer. */
export function checkIn({ checks }: BodyOnWire, name: string): CheckOnWire {
  const check = checks.find((one) => one.name === name);
  if (check === undefined) throw new Error(`There is no check ${name} in the answer`);
  return check;
}

/** A module like that of any application. */
function appModule(): DynamicModule {
  class AppModule {}
  return {
    module: AppModule,
    imports: [ObservabilityModule.forRoot({ health: { timeoutMs: PATIENCE_MS } })],
  };
}

async function askHealth({ get }: BootedApp): Promise<BodyOnWire> {
  const response = await get('/health');
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_BODY_BYTES);

  const body = JSON.parse(text) as BodyOnWire;
  const cut = body.truncated === undefined ? {} : { truncated: true };
  const leftOut = body.checks_left_out === undefined ? {} : { checks_left_out: expect.any(Number) };
  expect({ ...body, checks: [] }).toEqual({
    status: STATUS,
    timestamp: TIME,
    ...cut,
    ...leftOut,
    checks: [],
  });
  for (const check of body.checks) {
    expect(Object.keys(check)).toEqual([
      'name',
      'status',
      'message',
      'latency_ms',
      'details',
      'checked_at',
    ]);
    expect({ ...check, details: {} }).toEqual({
      name: expect.any(String),
      status: STATUS,
      message: expect.any(String),
      latency_ms: expect.any(Number),
      details: {},
      checked_at: TIME,
    });
    expect(Array.isArray(check.details)).toBe(false);
    expect(check.latency_ms).toBeGreaterThanOrEqual(0);
    if (check.status === 'unhealthy') expect(check.message).not.toBe('');
  }
  return body;
}
