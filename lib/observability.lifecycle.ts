import cluster from 'node:cluster';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ExportedMetrics } from './bridges/exported-metrics.js';
import { logTransitions } from './bridges/health-log.js';
import { sharedMetricsProblem } from './cluster-worker.js';
import { whenListening } from './endpoints/front.js';
import { Mounting } from './endpoints/mounting.js';
import { HealthCheckExplorer } from './health/health-check.explorer.js';
import { HealthRegistry } from './health/health.registry.js';
import { InnerEdge, OuterEdge } from './lifecycle-edge.js';
import { MeasuredMethodExplorer } from './metrics/measured-method.explorer.js';
import { MetricsRegistry } from './metrics/metrics.registry.js';
import { SentryService } from './sentry/sentry.service.js';
import { Shutdown } from './shutdown/shutdown.js';
import { tell } from './tell.js';

/** A kubelet that is not told otherwise gives up on a probe after this long, in milliseconds. */
const KUBELET_PATIENCE_MS = 1_000;

/** What happens when an application starts and stops. */
@Injectable()
export class ObservabilityLifecycle implements OnApplicationBootstrap {
  readonly #logger = new Logger('Observability');

  constructor(
    inner: InnerEdge,
    outer: OuterEdge,
    private readonly http: HttpAdapterHost,
    private readonly explorer: HealthCheckExplorer,
    private readonly health: HealthRegistry,
    private readonly metrics: MetricsRegistry,
    private readonly exported: ExportedMetrics,
    measuredMethods: MeasuredMethodExplorer,
    private readonly sentry: SentryService,
    private readonly mounting: Mounting,
    private readonly shutdown: Shutdown,
  ) {
    // A startup probe is answered while other providers come up, and the last probe when they have gone.
    outer.starting = async () => {
      measuredMethods.explore();
      await this.mounting.open();
    };
    outer.closed = () => this.#closed();
    inner.bootstrapped = () => this.#bootstrapped();
    inner.closing = () => this.#closing();
    inner.destroyed = (signal) => shutdown.destroyed(signal);
    logTransitions(health, this.#logger);
  }

  /** Takes its place in front of the application; NestJS asks for it only where there is HTTP. */
  async mount(): Promise<void> {
    const { httpAdapter } = this.http;
    this.explorer.assertAlone();
    await this.mounting.standBefore(httpAdapter);
    whenListening(httpAdapter, () => {
      this.#started();
      this.#warnOfSharedMetrics();
      void this.mounting.check(httpAdapter, () => this.health.readiness.isStopping);
    });
    // NestJS 12 waits for it before it refuses requests, which NestJS 11 does not do at all.
    const adapter: { beforeClose?: () => unknown } = httpAdapter;
    const beforeClose = adapter.beforeClose?.bind(httpAdapter);
    adapter.beforeClose = async () => {
      await this.shutdown.closing();
      await beforeClose?.();
    };
  }

  /** Every provider is ready by now, and a check that cannot be stops boot before others go to work. */
  onApplicationBootstrap(): void {
    this.explorer.explore();
  }

  #bootstrapped(): void {
    this.#warn();
    this.exported.create((endpoint) => this.mounting.isOwnEndpoint(endpoint));
    this.mounting.bootstrapped();
    this.health.readiness.started();
    if (this.mounting.isApart) this.#started();
    void this.health.run();
  }

  /** It listens, and needs what runs in the background. */
  #started(): void {
    this.health.startBackground();
    this.exported.start();
  }

  async #closing(): Promise<void> {
    await this.shutdown.closing();
    this.health.closing();
  }

  /** What other providers have captured while they closed is sent too. */
  async #closed(): Promise<void> {
    this.health.abortRuns();
    await this.sentry.close();
    await this.mounting.close();
    this.exported.stop();
    this.shutdown.end();
  }

  #warnOfSharedMetrics(): void {
    const path = this.metrics.enabled ? this.mounting.metricsOnOwnPort : undefined;
    const problem = path && sharedMetricsProblem(path, cluster, process.env);
    if (problem) tell((text) => this.#logger.warn(text), problem);
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
