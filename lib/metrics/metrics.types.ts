/** Values of labels, by label name; none for a metric that was made without labels. */
export type LabelValues<Label extends string> = [Label] extends [never]
  ? Record<string, never>
  : Partial<Record<Label, string | number>>;

/** A count that only grows. */
export interface Counter<Label extends string = string> {
  /** Adds to the series without labels. @default 1 */
  inc(value?: number): void;
  /** Adds to the series of these labels. @default 1 */
  inc(labels: LabelValues<Label>, value?: number): void;
  /** The series of these labels, to be kept and used again. */
  labels(labels: LabelValues<Label>): CounterChild;
  labels(...values: string[]): CounterChild;
  /** Removes the series of these labels. */
  remove(labels: LabelValues<Label>): void;
  remove(...values: string[]): void;
  /** Removes every series: a counter or gauge without labels begins again at 0, and a summary keeps its series, emptied. */
  reset(): void;
}

/** One series of a counter. */
export interface CounterChild {
  /** @default 1 */
  inc(value?: number): void;
}

/** A value that goes up and down. */
export interface Gauge<Label extends string = string> {
  inc(value?: number): void;
  inc(labels: LabelValues<Label>, value?: number): void;
  dec(value?: number): void;
  dec(labels: LabelValues<Label>, value?: number): void;
  set(value: number): void;
  set(labels: LabelValues<Label>, value: number): void;
  setToCurrentTime(labels?: LabelValues<Label>): void;
  /** Starts a timer; the function that it returns sets the gauge to the seconds since, and returns them. */
  startTimer(labels?: LabelValues<Label>): (labels?: LabelValues<Label>) => number;
  labels(labels: LabelValues<Label>): GaugeChild<Label>;
  labels(...values: string[]): GaugeChild<Label>;
  remove(labels: LabelValues<Label>): void;
  remove(...values: string[]): void;
  reset(): void;
}

/** One series of a gauge. */
export interface GaugeChild<Label extends string = string> {
  inc(value?: number): void;
  dec(value?: number): void;
  set(value: number): void;
  setToCurrentTime(): void;
  startTimer(): (labels?: LabelValues<Label>) => number;
}

/** A distribution, counted in buckets. */
export interface Histogram<Label extends string = string> {
  observe(value: number): void;
  observe(labels: LabelValues<Label>, value: number): void;
  /** Starts a timer; the function that it returns observes the seconds since, and returns them. */
  startTimer(labels?: LabelValues<Label>): (labels?: LabelValues<Label>) => number;
  labels(labels: LabelValues<Label>): HistogramChild<Label>;
  labels(...values: string[]): HistogramChild<Label>;
  /** Makes the series of these labels exist, with nothing counted. */
  zero(labels: LabelValues<Label>): void;
  remove(labels: LabelValues<Label>): void;
  remove(...values: string[]): void;
  reset(): void;
}

/** One series of a histogram. */
export interface HistogramChild<Label extends string = string> {
  observe(value: number): void;
  startTimer(): (labels?: LabelValues<Label>) => number;
}

/** A distribution, summed up in percentiles by this process. */
export interface Summary<Label extends string = string> {
  observe(value: number): void;
  observe(labels: LabelValues<Label>, value: number): void;
  /** Starts a timer; the function that it returns observes the seconds since, and returns them. */
  startTimer(labels?: LabelValues<Label>): (labels?: LabelValues<Label>) => number;
  labels(labels: LabelValues<Label>): SummaryChild<Label>;
  labels(...values: string[]): SummaryChild<Label>;
  remove(labels: LabelValues<Label>): void;
  remove(...values: string[]): void;
  reset(): void;
}

/** One series of a summary. */
export interface SummaryChild<Label extends string = string> {
  observe(value: number): void;
  startTimer(): (labels?: LabelValues<Label>) => number;
}

/** Which class of metric a word means. */
export interface MetricTypes<Label extends string = string> {
  counter: Counter<Label>;
  gauge: Gauge<Label>;
  histogram: Histogram<Label>;
  summary: Summary<Label>;
}

/** The types of metrics, in the words of the exposition format. */
export type MetricType = keyof MetricTypes;

/** What every metric is made from; the fields are those of `prom-client`, without `registers` and `enableExemplars`. */
export interface MetricConfiguration<Label extends string, Metric> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[] | undefined;
  /** Called at each scrape to bring the metric up to date, with the metric as `this`. Never called with metrics off. */
  readonly collect?: ((this: Metric) => void | Promise<void>) | undefined;
  /** How `prom-client` puts the workers of a cluster together. */
  readonly aggregator?: 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average' | undefined;
}

/** What a counter is made from. */
export type CounterConfiguration<Label extends string = string> = MetricConfiguration<
  Label,
  Counter<Label>
>;

/** What a gauge is made from. */
export type GaugeConfiguration<Label extends string = string> = MetricConfiguration<
  Label,
  Gauge<Label>
>;

/** What a histogram is made from. */
export interface HistogramConfiguration<Label extends string = string> extends MetricConfiguration<
  Label,
  Histogram<Label>
> {
  /** Upper bounds, in ascending order. @default prom-client's: 5 ms to 10 s */
  readonly buckets?: readonly number[] | undefined;
}

/** What a summary is made from. */
export interface SummaryConfiguration<Label extends string = string> extends MetricConfiguration<
  Label,
  Summary<Label>
> {
  /** 0 to 1, each. @default prom-client's: 0.01 to 0.999 */
  readonly percentiles?: readonly number[] | undefined;
  /** With `ageBuckets`: the percentiles are of the last so many seconds. @default of all time */
  readonly maxAgeSeconds?: number | undefined;
  /** Into how many parts those seconds are cut, each forgotten as a whole. */
  readonly ageBuckets?: number | undefined;
  /** Whether a series that has seen nothing in those seconds is removed. @default false */
  readonly pruneAgedBuckets?: boolean | undefined;
  /** After how many observations the summary is compressed. @default 1000 */
  readonly compressCount?: number | undefined;
}

/** What the metrics of HTTP are like, with defaults filled in. */
export interface HttpMetricsSettings {
  /** `undefined` for prom-client's own. */
  readonly buckets: readonly number[] | undefined;
  readonly exclude: readonly (string | RegExp)[];
}

/** A way of writing an exposition: the Prometheus text format 0.0.4, or OpenMetrics 1.0.0. */
export type ExpositionFormat = 'prometheus' | 'openmetrics';
