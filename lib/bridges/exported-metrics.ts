import type { Faults } from '../faults.js';
import type { HealthRegistry } from '../health/health.registry.js';
import type { MetricsRegistry } from '../metrics/metrics.registry.js';
import { RuntimeMetrics } from '../metrics/runtime/runtime-metrics.js';
import { exportHealth } from './health-metrics.js';
import type { HttpMetrics } from './http-metrics.js';
import { exportFaults } from './own-metrics.js';

/** What the module tells of in metrics of its own. */
export interface ExportedSources {
  readonly health: HealthRegistry;
  readonly http: HttpMetrics;
  readonly faults: Faults;
  /** Whether Node.js and the process are measured. */
  readonly runtime: boolean;
}

/** All metrics that the module itself exports, from when bootstrap is done. */
export class ExportedMetrics {
  #runtime: RuntimeMetrics | undefined;

  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly sources: ExportedSources,
  ) {}

  /**
   * Bootstrap is done: a name that the application has taken by now is the application's own.
   *
   * @param isOwnEndpoint tells the endpoints of the module, which are not measured.
   */
  create(isOwnEndpoint: (endpoint: string) => boolean): void {
    const { metrics } = this;
    const { health, http, faults, runtime } = this.sources;
    if (runtime) this.#runtime = new RuntimeMetrics(metrics);
    http.create(isOwnEndpoint);
    exportHealth(health, metrics);
    exportFaults(faults, metrics, () => metrics.dropped);
  }

  /** The application listens: what needs timers and observers has them from now on. */
  start(): void {
    this.#runtime?.start();
  }

  /** The application has closed. */
  stop(): void {
    this.#runtime?.stop();
  }
}
