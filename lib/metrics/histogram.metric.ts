import { DistributionMetric } from './distribution-metric.js';
import type { ExpositionParts } from './exposition-parts.js';
import type { Branch } from './label-tree.js';
import type { ExpositionFormat, Histogram } from './metrics.types.js';
import type { MetricData, MetricSetup } from './own-metric.js';
import type { PromSample } from './prom-client.js';
import { boundText, numberText } from './sample-text.js';
import type { Series } from './series-table.js';

/** How many observations fell into each bucket, the last of which has no bound. */
interface HistogramSeries extends Series {
  readonly counts: number[];
  sum: number;
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
  /** Small numbers, which V8 keeps as such. */
  readonly #zeros: readonly number[];
  /** Made once, as each function is known to V8 by itself. */
  readonly #textOf: Readonly<Record<ExpositionFormat, (series: HistogramSeries) => string>>;

  constructor(setup: MetricSetup) {
    super(setup);
    this.buckets = setup.definition.bounds ?? DEFAULT_BUCKETS;
    this.#bounds = Float64Array.of(...this.buckets, Number.POSITIVE_INFINITY);
    this.#zeros = Array.from(this.#bounds, () => 0);
    this.#textOf = {
      prometheus: this.#textIn('prometheus'),
      openmetrics: this.#textIn('openmetrics'),
    };
    this.showAtOnce();
  }

  zero(labels?: unknown): void {
    const series = this.seriesOf(labels);
    if (series === undefined) return;
    series.counts.fill(0);
    series.sum = 0;
  }

  override write(out: ExpositionParts, format: ExpositionFormat): Promise<void> {
    return out.writeEach(this.table.all(), this.#textOf[format]);
  }

  /** For the text of registries of `prom-client`, which write the labels that lines share once. */
  async getForPromString(): Promise<MetricData> {
    await this.collect?.();
    const values: PromSample[] = [];
    for (const series of this.table.all()) {
      const sharedLabels = this.table.labelsOf(series);
      for (const sample of this.#lines(series)) values.push({ ...sample, sharedLabels });
    }
    return this.dataOf(values);
  }

  protected override make(text: string, branch: Branch | undefined): HistogramSeries {
    return { index: -1, text, branch, written: undefined, counts: this.#zeros.slice(), sum: 0 };
  }

  /** What stands in every line after its first label. */
  protected override writeLabels(values: readonly string[]): string {
    return this.labelsText(',', values, '} ') || '} ';
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

  #textIn(format: ExpositionFormat): (series: HistogramSeries) => string {
    const bounds = Array.from(this.#bounds);
    const heads = bounds.map((le) => `${this.metricName}_bucket{le="${boundText(le, format)}"`);
    // Nothing, where it has been removed while others had the event loop.
    return (series) => (series.index < 0 ? '' : this.#text(series, heads));
  }

  #text(series: HistogramSeries, heads: readonly string[]): string {
    const { metricName } = this;
    const { counts, sum } = series;
    const tail = this.writtenLabels(series);
    let text = '';
    let count = 0;
    for (let i = 0; i < heads.length; i += 1) {
      count += counts[i] as number;
      text += `${heads[i]}${tail}${count}\n`;
    }
    const labels = tail === '} ' ? ' ' : `{${tail.slice(1)}`;
    return `${text}${metricName}_sum${labels}${numberText(sum)}\n${metricName}_count${labels}${count}\n`;
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
}
