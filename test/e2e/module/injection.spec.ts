import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  HealthCheck,
  HealthRegistry,
  MetricsRegistry,
  ObservabilityModule,
  SentryService,
} from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot, bootError } from '../../support/boot.js';

@Injectable()
class Orders {
  constructor(
    readonly health: HealthRegistry,
    readonly metrics: MetricsRegistry,
    readonly sentry: SentryService,
  ) {}

  @HealthCheck('orders')
  check(): void {}
}

@Module({ providers: [Orders] })
class OrdersModule {}

function appWith(
  observability: DynamicModule,
  orders: DynamicModule | typeof OrdersModule = OrdersModule,
): DynamicModule {
  @Module({})
  class AppModule {}
  return { module: AppModule, imports: [observability, orders] };
}

describe('the registries and the Sentry service', () => {
  it('are injectable everywhere', async () => {
    const { app } = await boot(appWith(ObservabilityModule.forRoot()));
    const orders = app.get(Orders);
    expect(orders.health).toBe(app.get(HealthRegistry));
    expect(orders.metrics).toBe(app.get(MetricsRegistry));
    expect(orders.sentry).toBe(app.get(SentryService));
  });

  it.each([
    ['forRoot', ObservabilityModule.forRoot({ isGlobal: false })],
    ['forRootAsync', ObservabilityModule.forRootAsync({ isGlobal: false, useFactory: () => ({}) })],
  ])('are for importing modules only with isGlobal: false in %s', async (_what, observability) => {
    expect(await bootError(appWith(observability))).toContain(
      "Nest can't resolve dependencies of the Orders",
    );
    const importing = { module: OrdersModule, imports: [observability] };
    const { app, get } = await boot(appWith(observability, importing));
    expect(app.get(Orders).health).toBe(app.get(HealthRegistry));
    expect(await (await get('/health')).json()).toMatchObject({ checks: [{ name: 'orders' }] });
  });

  it('are there in an application context, where no route is mounted', async () => {
    const app = await NestFactory.createApplicationContext(appWith(ObservabilityModule.forRoot()), {
      logger: false,
    });
    onTestFinished(() => app.close());
    expect((await app.get(HealthRegistry).run()).checks.map((check) => check.name)).toEqual([
      'orders',
    ]);
    expect(app.get(Orders).metrics.enabled).toBe(false);
  });

  it('are there in a testing module, whether it is initialised or not', async () => {
    const module = await Test.createTestingModule({
      imports: [appWith(ObservabilityModule.forRoot())],
    }).compile();
    onTestFinished(() => module.close());
    expect((await module.get(HealthRegistry).run()).checks).toHaveLength(1);
    await module.init();
    expect(module.get(HealthRegistry).names()).toEqual(['orders']);
  });
});

describe('two applications in one process', () => {
  it('do not see each other’s checks, metrics and tools', async () => {
    const one = await boot(
      appWith(
        ObservabilityModule.forRoot({
          metrics: { enabled: true },
          tools: { flower: 'http://one' },
        }),
      ),
    );
    const other = await boot(
      {
        module: class Other {},
        imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
      },
      'fastify',
    );
    one.app.get(MetricsRegistry).counter('one_total', 'Only one has it').inc();
    other.app.get(MetricsRegistry).gauge('one_total', 'Another metric of the same name').set(7);

    expect(await (await one.get('/health')).json()).toMatchObject({ checks: [{ name: 'orders' }] });
    expect(await (await other.get('/health')).json()).toMatchObject({ checks: [] });
    expect(await (await one.get('/metrics')).text()).toContain('# TYPE one_total counter');
    expect(await (await other.get('/metrics')).text()).toContain('# TYPE one_total gauge');
    expect(await (await other.get('/health/tools')).json()).toMatchObject({ flower: null });

    await one.app.close();
    expect((await other.get('/health/ready')).status).toBe(200);
  });
});

describe('the module imported twice in one application', () => {
  it('stops boot with an error that says so', async () => {
    const twice = {
      module: class AppModule {},
      imports: [
        ObservabilityModule.forRoot({ tools: { flower: 'http://one' } }),
        ObservabilityModule.forRoot({ tools: { flower: 'http://two' } }),
      ],
    };
    expect(await bootError(twice)).toContain(
      'ObservabilityModule is set up 2 times in one application',
    );
  });
});
