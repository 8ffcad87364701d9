import { DistributionMetric } from './distribution-metric.js';
import type { ExpositionFormat, Histogram } from './metrics.types.js';
import { isLabels, type MetricData, type MetricSetup } from './own-metric.js';
import type { PromSample } from './prom-client.js';
import { boundText, numberText } from './sample-text.js';
import type { Series } from './series-table.js';

/** How many observations fell into each bucket, the last of which has no bound. */
interface HistogramSeries extends Series {
  readonly counts: number[];
  sum: number;
  /** What stands in every line after its first label. */
  readonly tail: string;
}

/** 5 ms to 10 s, as `prom-client` has them. */
const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** A histogram. */
export class HistogramMetric extends DistributionMetric<HistogramSeries> implements Histogram {
  /** In ascending order, without the last one. */
  readonly buckets: readonly number[];
  /** The same with the last one, in a form that is fast to search. */
  readonly #bounds: Float64Array;
  readonly #heads = new Map<ExpositionFormat, readonly string[]>();

  constructor(setup: MetricSetup) {
    super(setup);
    this.buckets = setup.definition.bounds ?? DEFAULT_BUCKETS;
    this.#bounds = Float64Array.of(...this.buckets, Number.POSITIVE_INFINITY);
    this.showAtOnce();
  }

  zero(labels?: unknown): void {
    const series = isLabels(labels) ? this.table.at(labels) : this.table.bare();
    if (series === undefined) return;
    series.counts.fill(0);
    series.sum = 0;
  }

  override text({ counts, sum, tail }: HistogramSeries, format: ExpositionFormat): string {
    const heads = this.#headsIn(format);
    let text = '';
    let count = 0;
    for (let i = 0; i < heads.length; i += 1) {
      count += counts[i] as number;
      text += `${heads[i]}${tail}${count}\n`;
    }
    const labels = tail === '} ' ? ' ' : `{${tail.slice(1)}`;
    const { metricName } = this;
    return `${text}${metricName}_sum${labels}${numberText(sum)}\n${metricName}_count${labels}${count}\n`;
  }

  /** For the text of registries of `prom-client`, which write the labels that lines share once. */
  async getForPromString(): Promise<MetricData> {
    await this.collect?.();
    const values: PromSample[] = [];
    for (const [sharedLabels, series] of this.table.labelled()) {
      for (const sample of this.#lines(series)) values.push({ ...sample, sharedLabels });
    }
    return this.dataOf(values);
  }

  protected override make(values: readonly string[]): HistogramSeries {
    const tail = this.labelsText(',', values, '} ') || '} ';
    // One by one, so that V8 keeps small numbers as such.
    return { index: -1, counts: Array.from(this.buckets, () => 0).concat(0), sum: 0, tail };
  }

  protected override record(series: HistogramSeries, value: number): void {
    const bounds = this.#bounds;
    let first = 0;
    let last = bounds.length - 1;
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (value > (bounds[middle] as number)) first = middle + 1;
      else last = middle;
    }
    series.counts[first] = (series.counts[first] as number) + 1;
    series.sum += value;
  }

  protected override samples(
    series: HistogramSeries,
    labels: Record<string, string>,
  ): PromSample[] {
    return this.#lines(series).map((line) => ({ ...line, labels: { ...line.labels, ...labels } }));
  }

  #lines({ counts, sum }: HistogramSeries): PromSample[] {
    const { name } = this;
    let count = 0;
    const lines: PromSample[] = counts.map((inBucket, i) => {
      count += inBucket;
      return {
        labels: { le: this.buckets[i] ?? '+Inf' },
        value: count,
        metricName: `${name}_bucket`,
      };
    });
    lines.push({ labels: {}, value: sum, metricName: `${name}_sum` });
    lines.push({ labels: {}, value: count, metricName: `${name}_count` });
    return lines;
  }

  #headsIn(format: ExpositionFormat): readonly string[] {
    const known = this.#heads.get(format);
    if (known !== undefined) return known;
    const bounds = [...this.buckets, Number.POSITIVE_INFINITY];
    const heads = bounds.map((le) => `${this.metricName}_bucket{le="${boundText(le, format)}"`);
    this.#heads.set(format, heads);
    return heads;
  }
}
