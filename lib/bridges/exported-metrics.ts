import type { Faults } from '../faults.js';
import type { HealthRegistry } from '../health/health.registry.js';
import type { MeasuredMethodExplorer } from '../metrics/measured-method.explorer.js';
import type { MetricsRegistry } from '../metrics/metrics.registry.js';
import { RuntimeMetrics } from '../metrics/runtime/runtime-metrics.js';
import type { EventOutcomes } from '../sentry/client/event-outcomes.js';
import { exportHealth } from './health-metrics.js';
import type { HttpMetrics } from './http-metrics.js';
import { exportFaults } from './fault-metrics.js';
import { exportSentry } from './sentry-metrics.js';

/** What the module tells of in metrics. */
export interface ExportedSources {
  /** Finds what the application has decorated. */
  readonly methods: MeasuredMethodExplorer;
  readonly health: HealthRegistry;
  readonly http: HttpMetrics;
  readonly faults: Faults;
  /** What has become of what was captured for Sentry. */
  readonly outcomes: EventOutcomes;
  /** Whether Node.js and the process are measured. */
  readonly runtime: boolean;
}

/** All metrics that nobody asks for by hand: those of decorated methods, and those that the module itself exports. */
export class ExportedMetrics {
  #runtime: RuntimeMetrics | undefined;

  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly sources: ExportedSources,
  ) {}

  /**
   * Every provider is made, and none has gone to work: decorated methods are measured from now on.
   *
   * @throws Error when a metric exists with another type, other labels or other buckets; it names the method.
   */
  explore(): void {
    this.sources.methods.explore();
  }

  /**
   * Bootstrap is done: a name that the application has taken by now is the application's own.
   *
   * @param isOwnEndpoint tells the endpoints of the module, which are not measured.
   */
  create(isOwnEndpoint: (endpoint: string) => boolean): void {
    const { metrics } = this;
    const { health, http, faults, outcomes, runtime } = this.sources;
    if (runtime) this.#runtime = new RuntimeMetrics(metrics);
    http.create(isOwnEndpoint);
    exportHealth(health, metrics);
    exportFaults(faults, metrics, () => metrics.diverted);
    exportSentry(outcomes, metrics);
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
