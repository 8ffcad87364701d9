import {
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { HealthCheck, HealthRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, bootError, PLATFORMS, type BootedApp } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';

@Injectable()
class Database implements OnModuleInit {
  ready = false;
  runs = 0;

  async onModuleInit(): Promise<void> {
    await settle();
    this.ready = true;
  }

  @HealthCheck('database')
  check(): void {
    this.runs += 1;
    if (!this.ready) throw new Error('asked before it was ready');
  }
}

@Module({ imports: [ObservabilityModule.forRoot()], providers: [Database] })
class AppModule {}

describe('at start-up', () => {
  it('all checks run once when bootstrap is done, after every provider is ready', async () => {
    const { app } = await boot(AppModule);
    await settle();
    expect(app.get(Database).runs).toBe(1);
    expect(app.get(HealthRegistry).report()).toMatchObject({ status: 'healthy' });
  });

  it('one warning says that no check is registered, and names the decorator that is easily mixed up', async () => {
    const { log } = await boot({
      module: class Empty {},
      imports: [ObservabilityModule.forRoot()],
    });
    expect(log.ours('warn')).toEqual([expect.stringContaining('@nestjs/terminus')]);
  });

  it('one warning names the readiness checks whose deadline a kubelet does not wait for', async () => {
    const { log } = await boot(AppModule, 'express', (app) => {
      const registry = app.get(HealthRegistry);
      registry.registerCheck('slow', () => {}, { timeoutMs: 1_000 });
      registry.registerCheck('quick', () => {}, { timeoutMs: 999 });
      registry.registerCheck('apart', () => {}, { timeoutMs: 5_000, probes: [] });
    });
    expect(log.ours('warn')).toEqual([expect.stringMatching(/longer: slow\. /)]);
  });

  it('a check that another provider registers at its own bootstrap counts from the start', async () => {
    @Injectable()
    class Late implements OnApplicationBootstrap {
      constructor(private readonly registry: HealthRegistry) {}

      onApplicationBootstrap(): void {
        this.registry.registerCheck('late', () => {}, { timeoutMs: 5_000 });
      }
    }
    const { app, log } = await boot({
      module: class WithLate {},
      imports: [ObservabilityModule.forRoot()],
      providers: [Late],
    });
    await settle();
    expect(app.get(HealthRegistry).report()).toMatchObject({ status: 'healthy' });
    expect(log.ours('warn')).toEqual([expect.stringMatching(/longer: late\. /)]);
  });

  it('a bad check stops boot before other providers go to work', async () => {
    const worked: string[] = [];

    @Injectable()
    class Worker implements OnApplicationBootstrap {
      onApplicationBootstrap(): void {
        worked.push('work');
      }

      @HealthCheck()
      check(): void {}
    }
    const message = await bootError({
      module: class WithBadCheck {},
      imports: [ObservabilityModule.forRoot()],
      providers: [Worker],
    });
    expect(message).toContain('WithBadCheck / Worker.check');
    expect(worked).toEqual([]);
  });

  it('nothing is logged when there is nothing to say', async () => {
    const { log } = await boot(AppModule);
    expect([...log.ours('log'), ...log.ours('warn'), ...log.ours('error')]).toEqual([]);
  });
});

describe.each(PLATFORMS)('on %s', (platform) => {
  it('readiness is 503 after setReady(false), and 200 again after setReady(true)', async () => {
    const { app, get, log } = await boot(AppModule, platform);
    const registry = app.get(HealthRegistry);
    registry.setReady(false, 'maintenance');
    const off = await get('/health/ready');
    expect([off.status, await off.text()]).toEqual([
      503,
      '{"status":"not_ready","health":"healthy"}',
    ]);
    expect(log.ours('log')).toEqual(['Readiness is switched off: maintenance']);
    registry.setReady(true);
    expect((await get('/health/ready')).status).toBe(200);
  });

  it('readiness is 503 and liveness 200 from the first moment of shutdown', async () => {
    const seen: number[] = [];
    const host: { app?: BootedApp } = {};

    @Injectable()
    class Pool implements OnModuleDestroy {
      async onModuleDestroy(): Promise<void> {
        for (const path of ['/health/ready', '/health/live', '/health']) {
          seen.push((await host.app?.get(path))?.status ?? 0);
        }
      }
    }
    host.app = await boot(
      { module: class Closing {}, imports: [ObservabilityModule.forRoot()], providers: [Pool] },
      platform,
    );
    await host.app.app.close();
    expect(seen).toEqual([503, 200, 200]);
  });

  it('no connection is kept for the next probe, so that the server can close', async () => {
    const seen: (string | null)[] = [];
    const host: { app?: BootedApp } = {};
    const ask = async (): Promise<void> => {
      const answer = await host.app?.get('/health');
      seen.push(answer?.headers.get('connection') ?? null);
    };
    @Injectable()
    class Pool implements OnModuleDestroy {
      async onModuleDestroy(): Promise<void> {
        await ask();
      }
    }
    host.app = await boot(
      { module: class Closing {}, imports: [ObservabilityModule.forRoot()], providers: [Pool] },
      platform,
    );
    await ask();
    await host.app.app.close();
    expect(seen).toEqual(['keep-alive', 'close']);
  });

  it('a check that hangs does not hold up the end, and its signal is aborted', async () => {
    const signals: AbortSignal[] = [];
    const { app } = await boot(AppModule, platform, (starting) => {
      starting.get(HealthRegistry).registerCheck(
        'hangs',
        ({ signal }) => {
          signals.push(signal);
          return new Promise(() => {});
        },
        { timeoutMs: 2_000_000_000 },
      );
    });
    await settle();
    await app.close();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });
});
