import { Injectable, Module, Scope, type Type } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import {
  Counted,
  HealthCheck,
  HealthRegistry,
  MetricsRegistry,
  ObservabilityModule,
} from 'nestjs-observability';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CopycatModule, EagerModule } from '../../fixtures/lazy.js';
import { boot, PLATFORMS, type BootedApp, type Platform } from '../../support/boot.js';
import { throwingLog } from '../../support/log.js';
import { callsIn } from '../metrics/decorators/calls.js';

const absent = vi.hoisted(() => new Set<string>());

vi.mock('node:cluster', () => ({ default: { isWorker: true, worker: { id: 7 } } }));

vi.mock('../../../lib/optional-package.js', async (original) => {
  const { loadOptionalPackage } = await original<{
    loadOptionalPackage: (name: string) => Promise<unknown>;
  }>();
  return {
    loadOptionalPackage: (name: string) =>
      absent.has(name) ? Promise.resolve(undefined) : loadOptionalPackage(name),
  };
});

beforeEach(() => absent.clear());

@Module({ imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })] })
class NoChecksModule {}

@Injectable({ scope: Scope.REQUEST })
class Tenant {
  @HealthCheck('tenant', { timeoutMs: 1_000 })
  check(): void {}
}

@Module({
  imports: [
    ObservabilityModule.forRoot({
      metrics: { enabled: true },
      sentry: { dsn: 'https://0123456789abcdef@sentry.test/1' },
    }),
  ],
  providers: [Tenant],
})
class TenantModule {}

@Injectable()
class Orders {
  @Counted('orders')
  place(): void {}

  @Counted('refunds')
  refund(): void {}
}

@Module({ providers: [Orders] })
class OrdersModule {}

function bootThrowing(module: Type, platform: Platform): Promise<BootedApp> {
  return boot(module, platform, () => {}, throwingLog());
}

describe.each(PLATFORMS)('An application on %s whose logger throws', (platform) => {
  it.each<[string, Type, string[], RegExp[]]>([
    [
      'no check and metrics on a shared port',
      NoChecksModule,
      [],
      [/^No health check is registered/, /^This is worker 7 of a Node.js cluster/],
    ],
    [
      'a slow check that is built anew, and no package of metrics or Sentry',
      TenantModule,
      ['prom-client', '@sentry/nestjs'],
      [
        /^Metrics stay off: .*prom-client is not installed$/,
        /^Sentry stays off: .*@sentry\/nestjs is not installed$/,
        /built anew for each run: tenant$/,
        /^A kubelet waits 1000 ms .* longer: tenant\. /,
      ],
    ],
  ])('boots with %s, is warned of all, and answers', async (_what, module, without, warnings) => {
    for (const name of without) absent.add(name);
    const { log, get } = await bootThrowing(module, platform);

    const answer = await get('/health/ready');

    expect(await answer.json()).toEqual({ status: 'ready', health: 'healthy' });
    expect(log.ours('warn')).toEqual(
      warnings.map((warning) => expect.stringMatching(warning) as unknown),
    );
    expect(log.ours('error')).toEqual([]);
  });

  it('is taken out of traffic, and back in', async () => {
    const { app, log, get } = await bootThrowing(EagerModule, platform);
    const statuses: number[] = [];
    for (const ready of [false, true]) {
      app.get(HealthRegistry).setReady(ready, 'a deploy');
      statuses.push((await get('/health/ready')).status);
    }

    expect(statuses).toEqual([503, 200]);
    expect(log.ours('log')).toEqual([
      'Readiness is switched off: a deploy',
      'Readiness is switched on: a deploy',
    ]);
  });

  it('leaves out the check whose name is taken, and runs all others', async () => {
    const { app, log, get } = await bootThrowing(EagerModule, platform);
    await app.get(LazyModuleLoader).load(() => CopycatModule);

    const { checks } = await app.get(HealthRegistry).run();

    expect(checks.map(({ name, status }) => [name, status])).toEqual([
      ['eager', 'healthy'],
      ['copycat', 'healthy'],
    ]);
    expect((await get('/health')).status).toBe(200);
    expect(log.ours('error')).toEqual([expect.stringMatching(/^A health check was left out: /)]);
  });

  it('leaves unmeasured the method whose metric is taken, and measures all others', async () => {
    const { app, log } = await bootThrowing(NoChecksModule, platform);
    app.get(MetricsRegistry).gauge('orders', 'Orders');
    const orders = (await app.get(LazyModuleLoader).load(() => OrdersModule)).get(Orders);
    orders.place();
    orders.refund();

    expect(await callsIn(app, 'refunds')).toEqual({ 'Orders.refund success': 1 });
    expect(log.ours('error')).toEqual([expect.stringMatching(/^A method is not measured: /)]);
  });

  it('closes to its end at a signal, and is warned of what that has lost', async () => {
    const booted = await bootThrowing(EagerModule, platform);
    const app: { close(signal?: string): Promise<void> } = booted.app;

    await expect(app.close('SIGTERM')).resolves.toBeUndefined();
    expect(booted.log.ours('warn')).toEqual([expect.stringMatching(/^SIGTERM has closed the app/)]);
    // NestJS 12 logs what a hook throws, where NestJS 11 fails to close.
    expect(booted.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
