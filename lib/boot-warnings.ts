import cluster from 'node:cluster';
import { Injectable } from '@nestjs/common';
import { sharedMetricsProblem } from './cluster-worker.js';
import { Mounting } from './endpoints/mounting.js';
import { HealthCheckExplorer } from './health/health-check.explorer.js';
import { HealthRegistry } from './health/health.registry.js';
import { MetricsRegistry } from './metrics/metrics.registry.js';
import { SafeLogger } from './tell.js';

/** A kubelet that is not told otherwise gives up on a probe after this long, in milliseconds. */
const KUBELET_PATIENCE_MS = 1_000;

/** What whoever operates the application should know when it boots. */
@Injectable()
export class BootWarnings {
  readonly #logger = new SafeLogger();

  constructor(
    private readonly explorer: HealthCheckExplorer,
    private readonly health: HealthRegistry,
    private readonly metrics: MetricsRegistry,
    private readonly mounting: Mounting,
  ) {}

  /** Bootstrap is done: all checks are there that the application begins with. */
  bootstrapped(): void {
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

  /** The application listens: what shares its port with other processes does so from now on. */
  listening(): void {
    const path = this.metrics.enabled ? this.mounting.metricsOnOwnPort : undefined;
    const problem = path && sharedMetricsProblem(path, cluster, process.env);
    if (problem) this.#logger.warn(problem);
  }
}
