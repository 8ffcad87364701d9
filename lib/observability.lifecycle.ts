import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { logTransitions } from './bridges/health-log.js';
import { mountRoutes, whenListening } from './endpoints/mount-routes.js';
import { ObservabilityController } from './endpoints/observability.controller.js';
import { createRequestHandler } from './endpoints/request-handler.js';
import { HealthCheckExplorer } from './health/health-check.explorer.js';
import { HealthRegistry } from './health/health.registry.js';
import { LifecycleEdge } from './lifecycle-edge.js';
import { SentryService } from './sentry/sentry.service.js';

/** A kubelet that is not told otherwise gives up on a probe after this long, in milliseconds. */
const KUBELET_PATIENCE_MS = 1_000;

/** What happens when an application starts and stops. */
@Injectable()
export class ObservabilityLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Observability');

  constructor(
    edge: LifecycleEdge,
    private readonly http: HttpAdapterHost,
    private readonly explorer: HealthCheckExplorer,
    private readonly health: HealthRegistry,
    private readonly sentry: SentryService,
    private readonly controller: ObservabilityController,
  ) {
    edge.bootstrapped = () => this.#open();
    edge.closing = () => this.health.closing();
    logTransitions(health, this.#logger);
  }

  /** Puts the routes in front of the application; NestJS asks for it only where there is HTTP. */
  mount(): void {
    mountRoutes(this.http.httpAdapter, createRequestHandler(this.controller));
    whenListening(this.http.httpAdapter, () => this.health.startBackground());
  }

  /** Every provider is ready by now, and a check that cannot be stops boot before others go to work. */
  onApplicationBootstrap(): void {
    this.explorer.explore();
  }

  /** The last thing of all: what other providers capture while they close is sent too. */
  async onApplicationShutdown(): Promise<void> {
    this.health.abortRuns();
    await this.sentry.close();
  }

  #open(): void {
    this.#warn();
    this.health.readiness.started();
    void this.health.run();
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
          `${slow.join(', ')}. Lower their timeoutMs, give them an intervalMs, or raise timeoutSeconds of the readiness probe`,
      );
    }
  }
}
