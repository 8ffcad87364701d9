import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import {
  degraded,
  HealthCheck,
  HealthRegistry,
  InjectMetric,
  makeCounterProvider,
  MetricsRegistry,
  ObservabilityModule,
  SentryService,
  type Counter,
  type HealthReport,
  type ObservabilityModuleOptions,
} from 'nestjs-observability';

@Injectable()
export class Orders {
  constructor(
    private readonly checks: HealthRegistry,
    private readonly metrics: MetricsRegistry,
    private readonly sentry: SentryService,
    @InjectMetric('orders_total') private readonly orders: Counter,
  ) {}

  @HealthCheck('orders', { timeoutMs: 500 })
  check() {
    return degraded('slow', { queue: 3 });
  }

  async report(): Promise<HealthReport> {
    this.orders.inc();
    this.metrics.histogram('order_seconds', 'Time of an order', ['country']);
    const eventId: string | null = this.sentry.captureMessage('reported');
    this.checks.registerCheck('events', () => (eventId === null ? 'healthy' : 'degraded'));
    return this.checks.run();
  }
}

@Module({
  imports: [ObservabilityModule.forRoot({ environment: 'test' })],
  providers: [Orders, makeCounterProvider({ name: 'orders_total', help: 'Orders placed' })],
})
export class OrdersModule {
  @HealthCheck()
  check(): void {}
}

export const asyncModule: DynamicModule = ObservabilityModule.forRootAsync({
  useFactory: async () => ({ metrics: { enabled: true } }),
});

// With `declaration`, every type that these have must be one that a user can name.
export const Critical = (name: string) => HealthCheck(name, { critical: true });
export const childrenOf = (metrics: MetricsRegistry) => [
  metrics.counter('a_total', 'A', ['x']).labels({ x: 1 }),
  metrics.gauge('b', 'B', ['x']).labels({ x: 1 }),
  metrics.histogram('c', 'C', ['x']).labels({ x: 1 }),
  metrics.summary('d', 'D', ['x']).labels({ x: 1 }),
];
export const partsOf = ({ health, metrics, sentry, tools }: ObservabilityModuleOptions) => ({
  health,
  metrics,
  sentry,
  tools,
});
