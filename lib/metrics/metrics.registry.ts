import { Logger } from '@nestjs/common';
import { nextTurn, systemClock, type Clock } from '../clock.js';
import { Faults } from '../faults.js';
import { tell } from '../tell.js';
import { CONTENT_TYPES } from './content-types.js';
import { Exposition } from './exposition.js';
import { labelText } from './label-value.js';
import { metricMaker, type MetricMaker } from './metric-classes.js';
import {
  DEFAULT_MAX_SERIES,
  defineMetric,
  describeMetric,
  isSameMetric,
  sampleNames,
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
import type { OwnMetric } from './own-metric.js';
import type { PromClient, PromRegistry } from './prom-client.js';
import { OVERFLOW, type Series } from './series-table.js';

/** What holds for all metrics of one registry. */
export interface MetricsRegistrySettings {
  /** Labels that every metric carries. @default {} */
  readonly defaultLabels?: Readonly<Record<string, string>> | undefined;
  /** How many label sets a metric may have. @default 2000 */
  readonly maxSeriesPerMetric?: number | undefined;
  /** Where what is swallowed is counted. @default nowhere else */
  readonly faults?: Faults | undefined;
  /** Whether metrics are written by `prom-client` itself. @default false */
  readonly stock?: boolean | undefined;
}

/** What a metric of the module itself may do that others may not. */
export interface OwnMetricSettings {
  /** It may have any number of label sets, as something else bounds them. @default false */
  readonly unlimited?: boolean;
  /** It is shown although prom-client's default registry has one of its name. @default false */
  readonly shadows?: boolean;
}

/** For what prom-client's own default metrics are called, too; Node.js bounds what stands in their labels. */
export const SHADOWS: OwnMetricSettings = { shadows: true, unlimited: true };

const OFF =
  '# Metrics are off. Switch them on with metrics.enabled or ENABLE_METRICS=true, and install prom-client.\n';

interface HeldMetric {
  readonly definition: MetricDefinition;
  readonly metric: MetricTypes[MetricType];
  /** Whether the module itself exports it. */
  readonly isOurs: boolean;
}

/** What there is when metrics are on. */
interface MetricsOn {
  readonly client: PromClient;
  readonly registry: PromRegistry;
  readonly ours: Map<string, OwnMetric<Series>>;
  readonly exposition: Exposition;
  readonly clock: Clock;
  readonly make: MetricMaker;
}

/**
 * Makes the metrics of one application and exposes them. Injectable everywhere.
 *
 * The metrics are metrics of `prom-client`, in a registry of the application's own. Nothing that is said to one throws:
 * a bad value or an unknown label is dropped and counted in `observability_errors_total`. With metrics off, or without
 * `prom-client`, they have the same shape and do nothing, so that application code needs no `if`.
 *
 * @example
 * const orders = metrics.counter('orders_total', 'Orders placed', ['country']);
 * orders.labels({ country: 'pt' }).inc();
 */
export class MetricsRegistry {
  readonly #logger = new Logger('Observability');
  readonly #held = new Map<string, HeldMetric>();
  /** Which metric writes samples of a name. */
  readonly #owners = new Map<string, HeldMetric>();
  readonly #diverted = new Map<string, number>();
  readonly #settings: MetricsRegistrySettings;
  readonly #defaultLabels: Readonly<Record<string, string>>;
  readonly #faults: Faults;
  readonly #on: MetricsOn | undefined;

  /** @param client `prom-client`, or `undefined` for metrics that do nothing. @internal */
  constructor(
    client?: PromClient,
    settings: MetricsRegistrySettings = {},
    clock: Clock = systemClock,
  ) {
    this.#settings = settings;
    this.#defaultLabels = Object.fromEntries(
      Object.entries(settings.defaultLabels ?? {}).map(([name, value]) => [name, labelText(value)]),
    );
    this.#faults = settings.faults ?? new Faults();
    this.#on = client && this.#switchOn(client, clock);
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
    let text = '';
    for (const part of await this.render('prometheus')) {
      text += Buffer.from(part).toString();
      await new Promise<void>(nextTurn);
    }
    return text;
  }

  /**
   * All metrics as they go on the wire, in parts. Callers at the same time share one rendering, and none of it holds the
   * event loop. With metrics off it is a comment that says so. @internal
   */
  async render(format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    return this.#on === undefined ? [Buffer.from(OFF)] : this.#on.exposition.write(format);
  }

  /** How often something was recorded in the series for what comes beyond, by metric. @internal */
  get dropped(): Iterable<readonly [metric: string, recordings: number]> {
    return this.#diverted;
  }

  /**
   * A metric that the module itself exports. Where the application has taken the name, here or in prom-client's default
   * registry, or takes it here later on, that one is the application's own: ours stands aside, and one warning says so.
   * @internal
   */
  own<Type extends MetricType>(
    type: Type,
    configuration: AnyConfiguration,
    settings: OwnMetricSettings = {},
  ): MetricTypes[Type] {
    const { name } = configuration;
    const isTheirs = this.#on?.client.register.getSingleMetric(name) !== undefined;
    const definition = defineMetric(type, configuration);
    const isTaken = this.#clashOf(definition) !== undefined;
    if (!isTaken && (settings.shadows === true || !isTheirs)) {
      return this.#make(type, definition, configuration, settings);
    }
    this.#warnOfOwn(name);
    return noopMetric();
  }

  /** A metric of the type that a word names. @internal */
  ofType<Type extends MetricType>(type: Type, configuration: AnyConfiguration): MetricTypes[Type] {
    const definition = defineMetric(type, configuration);
    const held = this.#held.get(definition.name);
    if (held === undefined || held.isOurs) {
      const clash = this.#clashOf(definition, ({ isOurs }) => !isOurs);
      if (clash !== undefined) throw new Error(`${clash}: give one of them another name.`);
      this.#standAside(definition);
      return this.#make(type, definition, configuration);
    }
    if (!isSameMetric(held.definition, definition)) {
      throw new Error(
        `Metric "${definition.name}" exists as ${describeMetric(held.definition)} and is asked for as ` +
          `${describeMetric(definition)}: give one of them another name, or make them the same.`,
      );
    }
    // The definitions are the same, and with them the type.
    return held.metric as MetricTypes[Type];
  }

  #make<Type extends MetricType>(
    type: Type,
    definition: MetricDefinition,
    configuration: AnyConfiguration,
    own?: OwnMetricSettings,
  ): MetricTypes[Type] {
    const { name } = definition;
    const isOurs = own !== undefined;
    if (this.#on === undefined) {
      const metric = noopMetric();
      this.#hold({ definition, metric, isOurs });
      return metric;
    }
    const { make, ours, registry, clock } = this.#on;
    const metric = make(type, {
      definition,
      configuration,
      clock,
      faults: this.#faults,
      defaultLabels: this.#defaultLabels,
      maxSeries: own?.unlimited === true ? Number.POSITIVE_INFINITY : this.#maxSeries,
      diverted: () => this.#divert(name),
    });
    registry.registerMetric(metric);
    ours.set(name, metric);
    this.#hold({ definition, metric, isOurs });
    return metric;
  }

  /** Takes out those of ours whose names the application takes, which it may do as late as in a request. */
  #standAside(definition: MetricDefinition): void {
    for (const taken of sampleNames(definition)) {
      const held = this.#owners.get(taken);
      if (held?.isOurs !== true) continue;
      const { name } = held.definition;
      this.#drop(held);
      this.#on?.ours.delete(name);
      this.#on?.registry.removeSingleMetric(name);
      this.#warnOfOwn(name);
    }
  }

  #warnOfOwn(name: string): void {
    this.#warn(`Metric "${name}" is the application's own: that of the module stands aside`);
  }

  /** Samples of a histogram and a summary have names of their own, which another metric would share. */
  #clashOf(
    definition: MetricDefinition,
    counts: (held: HeldMetric) => boolean = () => true,
  ): string | undefined {
    for (const shared of sampleNames(definition)) {
      const held = this.#owners.get(shared);
      if (held === undefined || !counts(held)) continue;
      const { definition: other } = held;
      return (
        `Metric "${definition.name}", a ${definition.type}, and metric "${other.name}", a ${other.type}, ` +
        `would both write samples called "${shared}"`
      );
    }
    return undefined;
  }

  #hold(held: HeldMetric): void {
    const { definition } = held;
    this.#held.set(definition.name, held);
    for (const name of sampleNames(definition)) this.#owners.set(name, held);
  }

  #drop({ definition }: HeldMetric): void {
    this.#held.delete(definition.name);
    for (const name of sampleNames(definition)) this.#owners.delete(name);
  }

  get #maxSeries(): number {
    return this.#settings.maxSeriesPerMetric ?? DEFAULT_MAX_SERIES;
  }

  #switchOn(client: PromClient, clock: Clock): MetricsOn {
    const registry = new client.Registry();
    registry.setDefaultLabels({ ...this.#defaultLabels });
    const ours = new Map<string, OwnMetric<Series>>();
    const exposition = new Exposition(
      {
        client,
        registry,
        metrics: ours,
        faults: this.#faults,
        maxSeries: this.#maxSeries,
        stock: this.#settings.stock ?? false,
      },
      clock,
    );
    return { client, registry, ours, exposition, clock, make: metricMaker(client) };
  }

  #divert(metric: string): void {
    const before = this.#diverted.get(metric) ?? 0;
    this.#diverted.set(metric, before + 1);
    if (before > 0) return;
    this.#warn(
      `Metric "${metric}" has ${this.#maxSeries} label sets, as many as metrics.maxSeriesPerMetric allows. ` +
        `What comes beyond is counted in one series, "${OVERFLOW}": give its labels fewer values, or raise the limit`,
    );
  }

  #warn(message: string): void {
    tell((text) => this.#logger.warn(text), message);
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
