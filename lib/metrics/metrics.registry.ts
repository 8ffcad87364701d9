import { nextTurn, systemClock, type Clock } from '../clock.js';
import { Faults } from '../faults.js';
import { SafeLogger } from '../tell.js';
import { CONTENT_TYPES } from './content-types.js';
import { Exposition } from './exposition.js';
import { HeldMetrics, type HeldMetric } from './held-metrics.js';
import { labelText } from './label-value.js';
import { metricMaker, type MetricMaker } from './metric-classes.js';
import {
  DEFAULT_MAX_SERIES,
  defineMetric,
  type AnyConfiguration,
  type MetricDefinition,
} from './metric-definition.js';
import type {
  Counter,
  CounterConfiguration,
  ExpositionFormat,
  Gauge,
  GaugeConfiguration,
  Histogram,
  HistogramConfiguration,
  MetricType,
  MetricTypes,
  Summary,
  SummaryConfiguration,
} from './metrics.types.js';
import { noopMetric } from './noop-metric.js';
import type { MetricSetup, OwnMetric } from './own-metric.js';
import type { PromClient, PromRegistry } from './prom-client.js';
import { OVERFLOW, type Series } from './series-table.js';

/** What holds for all metrics of one registry. */
export interface MetricsRegistrySettings {
  /** Labels that every metric of this registry carries. @default {} */
  readonly defaultLabels?: Readonly<Record<string, string>> | undefined;
  /** How many label sets a metric may have. @default 2000 */
  readonly maxSeriesPerMetric?: number | undefined;
  /** Where what is swallowed is counted. @default nowhere else */
  readonly faults?: Faults | undefined;
  /** Whether metrics are written by `prom-client` itself. @default false */
  readonly stock?: boolean | undefined;
}

/** What a metric of the module itself may do that others may not. */
export interface ExportedMetricSettings {
  /** It may have any number of label sets, as something else bounds them. @default false */
  readonly unlimited?: boolean;
  /** It is shown although prom-client's default registry has one of its name. @default false */
  readonly shadows?: boolean;
}

/** For what prom-client's own default metrics are called, too; Node.js bounds what stands in their labels. */
export const SHADOWS: ExportedMetricSettings = { shadows: true, unlimited: true };

/** For what has labels whose values are bounded by themselves, and of which none may be missing. @internal */
export const UNLIMITED: ExportedMetricSettings = { unlimited: true };

const OFF =
  '# Metrics are off. Switch them on with metrics.enabled or ENABLE_METRICS=true, and install prom-client.\n';

/** What there is when metrics are on. */
interface MetricsOn {
  readonly client: PromClient;
  readonly registry: PromRegistry;
  /** The metrics that were made here, by name. */
  readonly metrics: Map<string, OwnMetric<Series>>;
  readonly exposition: Exposition;
  readonly make: MetricMaker;
  /** What all of them are made with. */
  readonly shared: Pick<MetricSetup, 'clock' | 'faults' | 'defaultLabels'>;
}

/**
 * Makes the metrics of one application and exposes them. Injectable everywhere.
 *
 * The metrics have the calls of `prom-client`, and are `instanceof` its classes; their series are kept here. Nothing that
 * is said to one throws: a bad value or an unknown label is dropped and counted in `observability_errors_total`. With
 * metrics off, or without `prom-client`, they have the same shape and do nothing, so that application code needs no `if`.
 *
 * @example
 * const orders = metrics.counter('orders_total', 'Orders placed', ['country']);
 * orders.labels({ country: 'pt' }).inc();
 */
export class MetricsRegistry {
  readonly #logger = new SafeLogger();
  readonly #held = new HeldMetrics();
  readonly #diverted = new Map<string, number>();
  readonly #maxSeries: number;
  readonly #on: MetricsOn | undefined;

  /** @param client `prom-client`, or `undefined` for metrics that do nothing. @internal */
  constructor(
    client?: PromClient,
    {
      defaultLabels = {},
      maxSeriesPerMetric: maxSeries = DEFAULT_MAX_SERIES,
      faults = new Faults(),
      stock = false,
    }: MetricsRegistrySettings = {},
    clock: Clock = systemClock,
  ) {
    this.#maxSeries = maxSeries;
    if (client === undefined) return;
    const labels = Object.fromEntries(
      Object.entries(defaultLabels).map(([name, value]) => [name, labelText(value)]),
    );
    const registry = new client.Registry();
    registry.setDefaultLabels({ ...labels });
    const metrics = new Map<string, OwnMetric<Series>>();
    const writes = (sample: string): boolean => this.#held.writes(sample);
    this.#on = {
      client,
      registry,
      metrics,
      exposition: new Exposition(
        { client, registry, metrics, writes, faults, maxSeries, stock },
        clock,
      ),
      make: metricMaker(client),
      shared: { clock, faults, defaultLabels: labels },
    };
  }

  /** Whether metrics are measured and exposed. */
  get enabled(): boolean {
    return this.#on !== undefined;
  }

  /** The `Content-Type` of what {@link expose} gives. */
  get contentType(): string {
    return CONTENT_TYPES.prometheus;
  }

  /**
   * A counter: the one of this name, or a new one. The first who asks decides its help text, `collect` and `aggregator`.
   *
   * @throws TypeError when a part of what is asked for is not what it must be.
   * @throws Error when the name is taken by a metric of another type or with other labels; it shows both.
   */
  counter<const Label extends string = never>(
    name: string,
    help: string,
    labelNames?: readonly Label[],
  ): Counter<Label>;
  counter<const Label extends string = never>(
    configuration: CounterConfiguration<Label>,
  ): Counter<Label>;
  counter(
    first: string | AnyConfiguration,
    help?: string,
    labelNames?: readonly string[],
  ): Counter {
    return this.ofType('counter', configurationOf(first, help, labelNames));
  }

  /** A gauge: the one of this name, or a new one. Throws as {@link counter} does. */
  gauge<const Label extends string = never>(
    name: string,
    help: string,
    labelNames?: readonly Label[],
  ): Gauge<Label>;
  gauge<const Label extends string = never>(configuration: GaugeConfiguration<Label>): Gauge<Label>;
  gauge(first: string | AnyConfiguration, help?: string, labelNames?: readonly string[]): Gauge {
    return this.ofType('gauge', configurationOf(first, help, labelNames));
  }

  /**
   * A histogram: the one of this name, or a new one. Throws as {@link counter} does, for other buckets too.
   *
   * @param buckets upper bounds in ascending order; prom-client's (5 ms to 10 s) by default.
   */
  histogram<const Label extends string = never>(
    name: string,
    help: string,
    labelNames?: readonly Label[],
    buckets?: readonly number[],
  ): Histogram<Label>;
  histogram<const Label extends string = never>(
    configuration: HistogramConfiguration<Label>,
  ): Histogram<Label>;
  histogram(
    first: string | AnyConfiguration,
    help?: string,
    labelNames?: readonly string[],
    buckets?: readonly number[],
  ): Histogram {
    return this.ofType('histogram', configurationOf(first, help, labelNames, { buckets }));
  }

  /**
   * A summary: the one of this name, or a new one. Throws as {@link counter} does, for other percentiles too.
   *
   * @param percentiles 0 to 1 each; prom-client's by default.
   */
  summary<const Label extends string = never>(
    name: string,
    help: string,
    labelNames?: readonly Label[],
    percentiles?: readonly number[],
  ): Summary<Label>;
  summary<const Label extends string = never>(
    configuration: SummaryConfiguration<Label>,
  ): Summary<Label>;
  summary(
    first: string | AnyConfiguration,
    help?: string,
    labelNames?: readonly string[],
    percentiles?: readonly number[],
  ): Summary {
    return this.ofType('summary', configurationOf(first, help, labelNames, { percentiles }));
  }

  /**
   * All metrics in the Prometheus text format: this registry's, then those of prom-client's default registry.
   *
   * A name in both is shown as it is here, with one warning. A metric whose `collect` fails, or takes longer than five
   * seconds, is left out, and one that fails while it is written is cut short, with one warning; the others are there.
   */
  async expose(): Promise<string> {
    let text = '';
    for (const part of await this.render('prometheus')) {
      text += Buffer.from(part).toString();
      await new Promise<void>(nextTurn);
    }
    return text;
  }

  /**
   * All metrics as they go on the wire, in parts. Callers at the same time share one rendering, and none of it holds the
   * event loop for long. With metrics off it is a comment that says so. @internal
   */
  async render(format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    return this.#on === undefined ? [Buffer.from(OFF)] : this.#on.exposition.write(format);
  }

  /** How often something was recorded in the series for what comes beyond, by metric. @internal */
  get diverted(): Iterable<readonly [metric: string, recordings: number]> {
    return this.#diverted;
  }

  /**
   * A metric that the module itself exports. Where the application has taken the name, here or in prom-client's default
   * registry, or takes it here later on, that one is the application's: the module's stands aside, and one warning says so.
   * @internal
   */
  exported<Type extends MetricType>(
    type: Type,
    configuration: AnyConfiguration,
    settings: ExportedMetricSettings = {},
  ): MetricTypes[Type] {
    const definition = defineMetric(type, configuration);
    const { name } = definition;
    const isFree = this.#held.rivalsOf(definition).length === 0;
    const isTheirs = this.#on?.client.register.getSingleMetric(name) !== undefined;
    if (isFree && (settings.shadows === true || !isTheirs)) {
      return this.#make(type, definition, configuration, settings);
    }
    this.#warnOfStandingAside(name);
    return noopMetric();
  }

  /** A metric of the type that a word names. @internal */
  ofType<Type extends MetricType>(type: Type, configuration: AnyConfiguration): MetricTypes[Type] {
    const definition = defineMetric(type, configuration);
    const clash = this.#held.clashOf(definition);
    if (clash !== undefined) throw new Error(clash);
    const held = this.#held.get(definition.name);
    // As nothing clashes, the definitions are the same, and with them the type.
    if (held?.isExported === false) return held.metric as MetricTypes[Type];
    for (const rival of this.#held.rivalsOf(definition)) this.#standAside(rival);
    return this.#make(type, definition, configuration);
  }

  #make<Type extends MetricType>(
    type: Type,
    definition: MetricDefinition,
    configuration: AnyConfiguration,
    exported?: ExportedMetricSettings,
  ): MetricTypes[Type] {
    const isExported = exported !== undefined;
    if (this.#on === undefined) {
      const metric = noopMetric();
      this.#held.add({ definition, metric, isExported });
      return metric;
    }
    const { make, metrics, registry, shared } = this.#on;
    const { name } = definition;
    const metric = make(type, {
      ...shared,
      definition,
      configuration,
      maxSeries: exported?.unlimited === true ? Number.POSITIVE_INFINITY : this.#maxSeries,
      diverted: () => this.#divert(name),
    });
    registry.registerMetric(metric);
    metrics.set(name, metric);
    this.#held.add({ definition, metric, isExported });
    return metric;
  }

  /** Takes out one of the module whose names the application takes, which it may do as late as in a request. */
  #standAside(held: HeldMetric): void {
    const { name } = held.definition;
    this.#held.drop(held);
    this.#on?.metrics.delete(name);
    this.#on?.registry.removeSingleMetric(name);
    this.#warnOfStandingAside(name);
  }

  #warnOfStandingAside(name: string): void {
    this.#logger.warn(`Metric "${name}" is the application's own: that of the module stands aside`);
  }

  #divert(metric: string): void {
    const before = this.#diverted.get(metric) ?? 0;
    this.#diverted.set(metric, before + 1);
    if (before > 0) return;
    this.#logger.warn(
      `Metric "${metric}" has ${this.#maxSeries} label sets, as many as metrics.maxSeriesPerMetric allows. ` +
        `What comes beyond is counted in one series, "${OVERFLOW}": give its labels fewer values, or raise the limit`,
    );
  }
}

function configurationOf(
  first: string | AnyConfiguration,
  help = '',
  labelNames?: readonly string[],
  more?: Partial<AnyConfiguration>,
): AnyConfiguration {
  return typeof first === 'object' ? first : { name: first, help, labelNames, ...more };
}
