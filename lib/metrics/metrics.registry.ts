import { Logger } from '@nestjs/common';
import { Faults } from '../faults.js';
import { Exposition } from './exposition.js';
import {
  defineMetric,
  describeMetric,
  isSameMetric,
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
import type { PromClient } from './prom-client.js';

/** What holds for all metrics of one registry. */
export interface MetricsRegistrySettings {
  /** Labels that every metric carries. @default {} */
  readonly defaultLabels?: Readonly<Record<string, string>> | undefined;
  /** How many label sets a metric may have. @default 2000 */
  readonly maxSeriesPerMetric?: number | undefined;
  /** Where what is swallowed is counted. @default nowhere else */
  readonly faults?: Faults | undefined;
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const OFF =
  '# Metrics are off. Switch them on with metrics.enabled or ENABLE_METRICS=true, and install prom-client.\n';

interface HeldMetric {
  readonly definition: MetricDefinition;
  readonly metric: MetricTypes[MetricType];
}

/**
 * Makes the metrics of one application and exposes them. Injectable everywhere.
 *
 * The metrics are those of `prom-client`, in a registry of the application's own. With metrics off, or without
 * `prom-client`, they have the same shape and do nothing, so that application code needs no `if`.
 *
 * @example
 * const orders = metrics.counter('orders_total', 'Orders placed', ['country']);
 * orders.labels({ country: 'pt' }).inc();
 */
export class MetricsRegistry {
  readonly #metrics = new Map<string, HeldMetric>();
  readonly #exposition: Exposition | undefined;

  /** @param client `prom-client`, or `undefined` for metrics that do nothing. @internal */
  constructor(client?: PromClient, settings: MetricsRegistrySettings = {}) {
    this.#exposition = client && new Exposition(client);
    this.#exposition?.own.setDefaultLabels({ ...settings.defaultLabels });
  }

  /** Whether metrics are measured and exposed. */
  get enabled(): boolean {
    return this.#exposition !== undefined;
  }

  /** The `Content-Type` of what {@link expose} gives. */
  get contentType(): string {
    return CONTENT_TYPE;
  }

  /**
   * A counter: the one of this name, or a new one. Of two requests the first one's help text and `collect` count.
   *
   * @throws TypeError when the name, the help text or a label name is not what it must be.
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
   * seconds, is left out, with one warning; the others are there.
   */
  async expose(): Promise<string> {
    return this.#exposition === undefined ? OFF : this.#exposition.render();
  }

  /**
   * All metrics as they go on the wire, in parts. Callers at the same time share one rendering, and none of it holds the
   * event loop. With metrics off it is a comment that says so. @internal
   */
  async render(_format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    return [Buffer.from(await this.expose())];
  }

  /**
   * A metric that the module itself exports. Where the application has taken the name, here or in prom-client's default
   * registry, that one is the application's own: ours stands aside, does nothing, and one warning says so. @internal
   */
  own<Type extends MetricType>(type: Type, configuration: AnyConfiguration): MetricTypes[Type] {
    const { name } = configuration;
    const taken =
      this.#metrics.has(name) ||
      this.#exposition?.client.register.getSingleMetric(name) !== undefined;
    if (!taken) return this.ofType(type, configuration);
    new Logger('Observability').warn(
      `Metric "${name}" is the application's own: that of the module stands aside`,
    );
    return noopMetric();
  }

  /** A metric of the type that a word names. @internal */
  ofType<Type extends MetricType>(type: Type, configuration: AnyConfiguration): MetricTypes[Type] {
    const definition = defineMetric(type, configuration);
    const held = this.#metrics.get(definition.name);
    if (held !== undefined && !isSameMetric(held.definition, definition)) {
      throw new Error(
        `Metric "${definition.name}" exists as ${describeMetric(held.definition)} and is asked for as ` +
          `${describeMetric(definition)}: give one of them another name, or make them the same.`,
      );
    }
    const metric = held?.metric ?? this.#make(type, configuration);
    if (held === undefined) this.#metrics.set(definition.name, { definition, metric });
    // The definitions are the same, and with them the type.
    return metric as MetricTypes[Type];
  }

  #make(type: MetricType, configuration: AnyConfiguration): MetricTypes[MetricType] {
    if (this.#exposition === undefined) return noopMetric();
    const given = Object.fromEntries(
      Object.entries(configuration).filter(([, value]) => value !== undefined),
    );
    const { Counter, Gauge, Histogram, Summary } = this.#exposition.client;
    const MetricClass = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary }[
      type
    ];
    return new MetricClass({ ...given, registers: [this.#exposition.own] });
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
