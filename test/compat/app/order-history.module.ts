import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  HealthCheck,
  healthy,
  MetricsRegistry,
  ObservabilityModule,
  unhealthy,
} from 'nestjs-observability';

@Injectable()
export class DatabaseHealth {
  // Injected by its type, which decorator metadata tells.
  constructor(private readonly metrics: MetricsRegistry) {}

  @HealthCheck('database')
  async check() {
    this.metrics.counter('database_checks_total', 'Checks of the database').inc();
    return healthy();
  }
}

@Injectable({ scope: Scope.REQUEST })
export class TenantHealth {
  constructor(@Inject(REQUEST) private readonly request: object) {}

  @HealthCheck('tenant')
  check() {
    return 'headers' in this.request ? healthy() : unhealthy('no request');
  }
}

@Module({
  imports: [
    ObservabilityModule.forRootAsync({ useFactory: async () => ({ metrics: { enabled: true } }) }),
  ],
  providers: [DatabaseHealth, TenantHealth],
})
export class OrderHistoryModule {
  @HealthCheck()
  check() {
    return healthy();
  }
}
