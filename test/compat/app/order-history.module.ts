import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Scope,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost, REQUEST } from '@nestjs/core';
import { HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { makeCounterProvider } from '@willsoto/nestjs-prometheus';
import {
  Counted,
  HealthCheck,
  healthy,
  InjectMetric,
  MetricsRegistry,
  ObservabilityModule,
  unhealthy,
  type Counter,
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

/** By the indicators of Terminus, counted by a metric of willsoto's module. */
@Injectable()
export class SearchHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @InjectMetric('search_checks_total') private readonly checks: Counter,
  ) {}

  @HealthCheck('search')
  check() {
    this.checks.inc();
    return this.indicators.check('search').up();
  }
}

@Controller('orders')
export class OrdersController {
  @Get(':id')
  @Counted('orders_asked_total')
  find(@Param('id') id: string) {
    if (id === 'none') throw new NotFoundException();
    return { id };
  }

  @Get(':id/lost')
  lose(@Param('id') id: string) {
    throw new Error(`Order ${id} is lost`);
  }
}

/** Says what the readiness probe is told while the application closes. */
@Injectable()
export class Pool implements OnModuleDestroy {
  constructor(private readonly http: HttpAdapterHost) {}

  async onModuleDestroy() {
    const { port } = (this.http.httpAdapter.getHttpServer() as Server).address() as AddressInfo;
    const { status } = await fetch(`http://127.0.0.1:${port}/health/ready`);
    process.stdout.write(`readiness while closing: ${status}\n`);
  }
}

@Module({
  imports: [
    TerminusModule,
    ObservabilityModule.forRootAsync({
      pipeline: process.env['PIPELINE'] === 'nest' ? 'nest' : 'front',
      useFactory: async () => ({
        metrics: { enabled: true },
        management:
          process.env['MANAGEMENT'] === undefined ? undefined : { port: 0, host: '127.0.0.1' },
      }),
    }),
  ],
  controllers: [OrdersController],
  providers: [
    DatabaseHealth,
    TenantHealth,
    SearchHealth,
    Pool,
    makeCounterProvider({ name: 'search_checks_total', help: 'Checks of the search' }),
  ],
})
export class OrderHistoryModule {
  @HealthCheck()
  check() {
    return healthy();
  }
}
