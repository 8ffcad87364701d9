import { Logger } from '@nestjs/common';
import { loadOptionalPackage } from '../optional-package.js';
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
  getMetricsAsArray(): readonly { readonly name: string }[];
  getSingleMetric(name: string): object | undefined;
  getSingleMetricAsString(name: string): Promise<string>;
  setDefaultLabels(labels: object): void;
}

/** Loads `prom-client` where it is installed; where it is not, one warning says so. */
export async function loadPromClient(): Promise<PromClient | undefined> {
  const client = (await loadOptionalPackage('prom-client')) as PromClient | undefined;
  if (client === undefined) {
    new Logger('Observability').warn(
      'Metrics stay off: they are switched on, but the package prom-client is not installed',
    );
  }
  return client;
}
