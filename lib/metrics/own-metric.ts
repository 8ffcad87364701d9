import type { Clock } from '../clock.js';
import type { Faults } from '../faults.js';
import { BoundSeries } from './bound-series.js';
import type { ExpositionParts } from './exposition-parts.js';
import { wayTo, type Branch } from './label-tree.js';
import type { AnyConfiguration, MetricDefinition } from './metric-definition.js';
import type { ExpositionFormat, MetricType } from './metrics.types.js';
import type { PromClient, PromSample } from './prom-client.js';
import { escapeLabelValue } from './sample-text.js';
import { SeriesTable, type Series } from './series-table.js';

/** What a metric is made from. */
export interface MetricSetup {
  readonly definition: MetricDefinition;
  readonly configuration: AnyConfiguration;
  readonly client: PromClient;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly defaultLabels: Readonly<Record<string, string>>;
  readonly maxSeries: number;
  /** Is told of each recording that goes into the series for what comes beyond. */
  readonly diverted: (metric: string) => void;
}

/** Labels as a caller hands them in. */
export type GivenLabels = Readonly<Record<string, unknown>>;

/** What a metric of `prom-client` tells of itself. */
export interface MetricData {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly values: readonly PromSample[];
  readonly aggregator: string;
}

/**
 * A metric with storage of its own behind the calls of `prom-client`.
 *
 * Nothing that is said to it throws: what cannot be recorded is dropped and counted. The labels of a series are written
 * once, for its first scrape, so that the others have little left to do.
 */
export abstract class OwnMetric<S extends Series> {
  // Under the names by which registries of `prom-client` know them; they may write there, and that changes nothing here.
  name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  readonly aggregator: string;
  readonly collect: (() => unknown) | undefined;

  /** The name for good. */
  readonly metricName: string;
  protected readonly faults: Faults;
  protected readonly clock: Clock;
  protected readonly table: SeriesTable<S>;
  /** Default labels that are no labels of the metric, as they are written. */
  readonly #defaults: string;
  /** What stands before the value of a label, as the first one and after another. */
  readonly #openings: readonly (readonly [first: string, further: string])[];

  constructor({ definition, configuration, faults, clock, ...setup }: MetricSetup) {
    this.name = definition.name;
    this.metricName = definition.name;
    this.help = configuration.help;
    this.type = definition.type;
    this.labelNames = definition.labelNames;
    this.aggregator = configuration.aggregator ?? 'sum';
    this.collect = configuration.collect;
    this.faults = faults;
    this.clock = clock;
    const defaults = new Map(Object.entries(setup.defaultLabels));
    this.#defaults = [...defaults]
      .filter(([name, value]) => !this.labelNames.includes(name) && value !== '')
      .map(([name, value]) => `${name}="${escapeLabelValue(value)}"`)
      .join(',');
    this.#openings = this.labelNames.map((name) => [`${name}="`, `",${name}="`]);
    this.table = new SeriesTable<S>({
      labelNames: definition.labelNames,
      fallbacks: definition.labelNames.map((name) => defaults.get(name) ?? ''),
      max: setup.maxSeries,
      make: (text, branch) => this.make(text, branch),
      diverted: () => setup.diverted(definition.name),
      refused: () => faults.count('metric_label'),
    });
  }

  /** Makes a series with nothing recorded, to hang there. */
  protected abstract make(text: string, branch: Branch | undefined): S;

  /** What an exposition says of a series with these values of the labels, as far as it never changes. */
  protected abstract writeLabels(values: readonly string[]): string;

  /** Writes the samples of all series, each on a line of its own. */
  abstract write(out: ExpositionParts, format: ExpositionFormat): Promise<void>;

  /** The samples of a series for a registry of `prom-client`. */
  protected abstract samples(
    series: S,
    labels: Record<string, string>,
  ): PromSample[] | Promise<PromSample[]>;

  /** For registries of `prom-client`: brings the metric up to date and tells all of it. */
  async get(): Promise<MetricData> {
    await this.collect?.();
    return this.data();
  }

  /** All of it, as it is. */
  async data(): Promise<MetricData> {
    const values: PromSample[] = [];
    for (const series of this.table.all()) {
      // Removed while another was waited for.
      if (series.index < 0) continue;
      const samples = await this.samples(series, this.table.labelsOf(series));
      // Not spread into `push()`: there may be more than a call takes.
      for (const sample of samples) values.push(sample);
    }
    return this.dataOf(values);
  }

  /** What the metric is, with these samples. */
  protected dataOf(values: readonly PromSample[]): MetricData {
    const { name, help, type, aggregator } = this;
    return { name, help, type, values, aggregator };
  }

  /** One that has no labels is there before anything is recorded. */
  protected showAtOnce(): void {
    if (this.labelNames.length === 0) this.table.bare();
  }

  /** Removes the series of these labels. */
  remove(...labels: unknown[]): void {
    const values = this.valuesOf(labels);
    if (values === undefined) return;
    try {
      this.table.remove(values);
    } catch {
      this.faults.count('metric_label');
    }
  }

  /** Removes every series: a counter or gauge without labels begins again at 0, and a summary keeps its series, emptied. */
  reset(): void {
    this.table.clear();
  }

  /** The series that the first argument of a call means: of these labels, or without labels. */
  protected seriesOf(first: unknown): S | undefined {
    return isLabels(first) ? this.table.at(first) : this.table.bare();
  }

  /** The values of `labels({ … })` and `labels('GET', '/x')`; `undefined` where they are refused. */
  protected valuesOf(given: readonly unknown[]): unknown[] | undefined {
    const [first] = given;
    if (isLabels(first)) return this.table.read(first);
    if (given.length === this.labelNames.length) return [...given];
    this.faults.count('metric_label');
    return undefined;
  }

  /** A series that somebody keeps. */
  protected bind(given: readonly unknown[]): BoundSeries<S> {
    return new BoundSeries(this.table, this.faults, this.valuesOf(given));
  }

  /** The labels of a series that somebody keeps; `undefined` where they are refused. */
  protected labelsOf({ values }: BoundSeries<S>): GivenLabels | undefined {
    return values && Object.fromEntries(this.labelNames.map((name, i) => [name, values[i]]));
  }

  /** Counts a value that cannot be recorded. */
  protected refuse(): void {
    this.faults.count('metric_value');
  }

  /**
   * Measures the seconds until the function that it returns is called with further labels.
   *
   * @param start `undefined` for labels that are refused: then nothing is recorded.
   */
  protected timer(
    start: GivenLabels | undefined,
    record: (labels: GivenLabels, seconds: number) => void,
  ): (labels?: unknown) => number {
    const startMs = this.clock.nowMs();
    return (more) => {
      const seconds = (this.clock.nowMs() - startMs) / 1_000;
      const end = this.copyOf(more);
      if (start !== undefined && end !== undefined) record({ ...start, ...end }, seconds);
      return seconds;
    };
  }

  /** Labels to be kept, as whoever calls may go on using theirs; `undefined` where they cannot be read. */
  protected copyOf(labels: unknown): GivenLabels | undefined {
    if (!isLabels(labels)) return {};
    try {
      return { ...labels };
    } catch {
      this.faults.count('metric_label');
      return undefined;
    }
  }

  /** What {@link writeLabels} has written of a series. */
  protected writtenLabels(series: S): string {
    return (series.written ??= this.writeLabels(wayTo(series)));
  }

  /**
   * The labels of a series as they are written, between two texts; `''` where there are none.
   *
   * It is one text: V8 would keep all parts of a sum.
   */
  protected labelsText(before: string, values: readonly string[], after: string): string {
    const parts = [before];
    for (let i = 0; i < this.labelNames.length; i += 1) {
      const value = values[i];
      if (!value) continue;
      const [first, further] = this.#openings[i] as readonly [string, string];
      parts.push(parts.length === 1 ? first : further, escapeLabelValue(value));
    }
    const hasOwn = parts.length > 1;
    if (!hasOwn && this.#defaults === '') return '';
    if (hasOwn) parts.push(this.#defaults === '' ? '"' : '",');
    parts.push(this.#defaults, after);
    return parts.join('');
  }
}

/** Whether a value can be added, or observed. */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Whether the first argument of a call is labels. */
export function isLabels(value: unknown): value is GivenLabels {
  return typeof value === 'object' && value !== null;
}
