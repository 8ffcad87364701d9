import type { Counter, Gauge, Histogram, Summary } from './metrics.types.js';

/** What this package uses of `prom-client`; named here because its types must not be needed where it is absent. */
export interface PromClient {
  readonly Registry: new () => PromRegistry;
  /** The process-wide default registry. */
  readonly register: PromRegistry;
  readonly Counter: new (configuration: object) => Counter;
  readonly Gauge: new (configuration: object) => Gauge;
  readonly Histogram: new (configuration: object) => Histogram;
  readonly Summary: new (configuration: object) => Summary;
}

/** A registry of `prom-client`. */
export interface PromRegistry {
  readonly contentType: string;
  getMetricsAsArray(): readonly { readonly name: string }[];
  getSingleMetric(name: string): object | undefined;
  getSingleMetricAsString(name: string): Promise<string>;
  setDefaultLabels(labels: object): void;
}
