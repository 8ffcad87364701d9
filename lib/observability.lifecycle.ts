import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { mountRoutes } from './endpoints/mount-routes.js';
import { ObservabilityController } from './endpoints/observability.controller.js';
import { createRequestHandler } from './endpoints/request-handler.js';
import { HealthCheckExplorer } from './health/health-check.explorer.js';
import { HealthRegistry } from './health/health.registry.js';
import { SentryService } from './sentry/sentry.service.js';

/** A kubelet that is not told otherwise gives up on a probe after this long, in milliseconds. */
const KUBELET_PATIENCE_MS = 1_000;

/** What happens when an application starts and stops. */
@Injectable()
export class ObservabilityLifecycle
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  readonly #logger = new Logger('Observability');

  constructor(
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
    private readonly explorer: HealthCheckExplorer,
    private readonly health: HealthRegistry,
    private readonly sentry: SentryService,
    private readonly controller: ObservabilityController,
  ) {}

  /** Before the application's own routes are registered. An application context has no adapter: nothing to mount. */
  mount(): void {
    const adapter: typeof this.http.httpAdapter | undefined = this.http.httpAdapter;
    if (adapter) mountRoutes(adapter, createRequestHandler(this.controller));
  }

  /** NestJS 12 tells the adapter first that it closes, before any provider is destroyed; NestJS 11 has no such hook. */
  onModuleInit(): void {
    const adapter: { beforeClose?: () => unknown } | undefined = this.http.httpAdapter;
    const beforeClose = adapter?.beforeClose?.bind(adapter);
    if (adapter === undefined || beforeClose === undefined) return;
    adapter.beforeClose = () => {
      this.health.readiness.stopping();
      return beforeClose();
    };
  }

  /** Every provider is ready by now, and the listener is not open yet. */
  onApplicationBootstrap(): void {
    this.explorer.explore();
    this.#warn();
    this.health.readiness.started();
    void this.health.run();
  }

  onModuleDestroy(): void {
    this.health.readiness.stopping();
  }

  async onApplicationShutdown(): Promise<void> {
    this.health.abortRuns();
    await this.sentry.close();
  }

  #warn(): void {
    if (this.health.names().length === 0) {
      this.#logger.warn(
        'No health check is registered, so /health is healthy whatever happens. If methods are decorated, ' +
          'see that HealthCheck is imported from nestjs-observability: that of @nestjs/terminus registers nothing',
      );
    }
    const { rebuilt } = this.explorer;
    if (rebuilt.length > 0) {
      this.#logger.warn(
        `Request-scoped or transient, so built anew for each run: ${rebuilt.join(', ')}`,
      );
    }
    const slow = this.health.slowerThan(KUBELET_PATIENCE_MS, 'readiness');
    if (slow.length > 0) {
      this.#logger.warn(
        `A kubelet waits ${KUBELET_PATIENCE_MS} ms by default, and these checks may take as long or longer: ` +
          `${slow.join(', ')}. Lower their timeoutMs, or raise timeoutSeconds of the readiness probe`,
      );
    }
  }
}
