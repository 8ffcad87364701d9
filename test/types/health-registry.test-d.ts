import {
  HealthRegistry,
  HealthStatus,
  healthy,
  type HealthCheckHistory,
  type HealthCheckResult,
  type HealthOutcome,
  type HealthReport,
  type HealthTransition,
} from 'nestjs-observability';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { assertType, expectTypeOf, it } from 'vitest';

declare const registry: HealthRegistry;
declare const makeName: () => string;

it('A check is a function of its context', () => {
  expectTypeOf(registry.registerCheck('disk', () => {})).toEqualTypeOf<() => void>();
  assertType(registry.registerCheck('disk', async ({ signal }) => signal.throwIfAborted()));
  assertType(registry.registerCheck('disk', () => healthy('', { free: 5 }), { critical: false }));
  assertType(registry.registerCheck('disk', () => ({ disk: { status: 'up', free: 5 } })));
  assertType(registry.registerCheck('disk', () => {}, { cacheMs: 1_000, intervalMs: 5_000 }));
  assertType(
    registry.registerCheck('disk', () => {}, { failureThreshold: 3, successThreshold: 2 }),
  );
  // @ts-expect-error -- a boolean
  assertType(registry.registerCheck('disk', () => true));
  // @ts-expect-error -- a boolean, later
  assertType(registry.registerCheck('disk', async () => false));
  // @ts-expect-error -- nobody would pass a text
  assertType(registry.registerCheck('disk', (_text: string) => {}));
  // @ts-expect-error -- no such option
  assertType(registry.registerCheck('disk', () => {}, { timeout: 5 }));
  // @ts-expect-error -- a name made from an instance is for the decorator
  assertType(registry.registerCheck(makeName, () => {}));
});

it('Runs and reports have these types', () => {
  expectTypeOf(registry.runCheck('disk')).resolves.toEqualTypeOf<HealthCheckResult>();
  expectTypeOf(registry.run()).resolves.toEqualTypeOf<HealthReport>();
  expectTypeOf(registry.report()).toEqualTypeOf<HealthReport>();
  expectTypeOf(registry.names()).toEqualTypeOf<string[]>();
  expectTypeOf(registry.has('disk')).toEqualTypeOf<boolean>();
  expectTypeOf<HealthCheckResult['checkedAt']>().toEqualTypeOf<Date>();
  expectTypeOf<HealthCheckResult['latencyMs']>().toEqualTypeOf<number>();
  expectTypeOf<HealthReport['timestamp']>().toEqualTypeOf<Date>();
});

it('Transitions, histories and what Terminus takes have these types', () => {
  expectTypeOf(
    registry.onTransition((transition) => {
      expectTypeOf(transition).toEqualTypeOf<HealthTransition>();
    }),
  ).toEqualTypeOf<() => void>();
  assertType(registry.onTransition(async () => {}));
  expectTypeOf<HealthTransition['from']>().toEqualTypeOf<HealthStatus | undefined>();
  expectTypeOf<HealthTransition['to']>().toEqualTypeOf<HealthStatus>();
  expectTypeOf(registry.history('disk')).toEqualTypeOf<HealthCheckHistory>();
  expectTypeOf<HealthCheckHistory['transitions']>().toEqualTypeOf<readonly HealthTransition[]>();
  assertType<() => Promise<HealthIndicatorResult>>(() => registry.asIndicator());
  // @ts-expect-error -- no listener
  assertType(registry.onTransition('unhealthy'));
});

it('A status is one of three words', () => {
  expectTypeOf<HealthStatus>().toEqualTypeOf<'healthy' | 'degraded' | 'unhealthy'>();
  expectTypeOf(HealthStatus.DEGRADED).toEqualTypeOf<'degraded'>();
});

it('An outcome needs its status only', () => {
  assertType<HealthOutcome>({ status: 'healthy' });
  expectTypeOf(healthy).toEqualTypeOf<(message?: string, details?: object) => HealthOutcome>();
  // @ts-expect-error -- details are an object
  assertType(healthy('slow', 5));
  // @ts-expect-error -- no such status
  assertType<HealthOutcome>({ status: 'up' });
});
