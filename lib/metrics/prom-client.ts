import { loadOptionalPackage } from '../optional-package.js';
import { SafeLogger } from '../tell.js';

/** What this package uses of `prom-client`; named here because its types must not be needed where it is absent. */
export interface PromClient {
  readonly Registry: new () => PromRegistry;
  /** The process-wide default registry. */
  readonly register: PromRegistry;
  readonly Counter: PromClass;
  readonly Gauge: PromClass;
  readonly Histogram: PromClass;
  readonly Summary: new (configuration: object) => PromSummary;
}

/** A class of metrics. */
export interface PromClass {
  readonly prototype: object;
}

/** A registry of `prom-client`. */
export interface PromRegistry {
  readonly contentType: string;
  getMetricsAsArray(): readonly PromMetric[];
  getSingleMetric(name: string): object | undefined;
  getMetricsAsString(metric: object): Promise<string>;
  registerMetric(metric: object): void;
  removeSingleMetric(name: string): void;
  setDefaultLabels(labels: object): void;
}

/** A metric in a registry of `prom-client`, whoever has made it. */
export interface PromMetric {
  readonly name: string;
  get(): Promise<PromMetricData>;
  /** Where there is a shorter way of telling. */
  getForPromString?(): Promise<PromMetricData>;
}

/** What a metric tells of itself. */
export interface PromMetricData {
  readonly name: string;
  readonly help: unknown;
  readonly type: unknown;
  readonly values?: readonly PromSample[];
}

/** One line of an exposition. */
export interface PromSample {
  /** Some clients leave them out where there are none. */
  readonly labels?: Readonly<Record<string, string | number>>;
  /** Labels of other lines too. */
  readonly sharedLabels?: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Where it differs from that of the metric. */
  readonly metricName?: string;
}

/** A summary of `prom-client` without labels. */
export interface PromSummary {
  observe(value: number): void;
  reset(): void;
  get(): Promise<{ readonly values: readonly PromSample[] }>;
}

/** Loads `prom-client` where it is installed; where it is not, one warning says so. */
export async function loadPromClient(): Promise<PromClient | undefined> {
  const client = (await loadOptionalPackage('prom-client')) as PromClient | undefined;
  if (client === undefined) {
    new SafeLogger().warn(
      'Metrics stay off: they are switched on, but the package prom-client is not installed',
    );
  }
  return client;
}
