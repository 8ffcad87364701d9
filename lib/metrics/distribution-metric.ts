import type { HistogramChild } from './metrics.types.js';
import { isFiniteNumber, isLabels, OwnMetric } from './own-metric.js';
import type { Series } from './series-table.js';

/** A metric that takes one observation after the other: what histograms and summaries have in common. */
export abstract class DistributionMetric<S extends Series> extends OwnMetric<S> {
  /** Takes one more observation into a series. */
  protected abstract record(series: S, value: number): void;

  observe(first: unknown, second?: unknown): void {
    const value = isLabels(first) || first === undefined || first === null ? second : first;
    if (!isFiniteNumber(value)) return this.refuse();
    const series = this.seriesOf(first);
    if (series !== undefined) this.record(series, value);
  }

  startTimer(labels?: unknown): (labels?: unknown) => number {
    return this.timer(this.copyOf(labels), (all, seconds) => this.observe(all, seconds));
  }

  labels(...labels: unknown[]): HistogramChild {
    const bound = this.bind(labels);
    let { kept } = bound;
    return {
      observe: (value: unknown) => {
        if (!isFiniteNumber(value)) return this.refuse();
        if (kept !== undefined && kept.index >= 0) return this.record(kept, value);
        const series = bound.get();
        if (series !== undefined) this.record(series, value);
        ({ kept } = bound);
      },
      startTimer: () =>
        this.timer(this.labelsOf(bound), (all, seconds) => this.observe(all, seconds)),
    };
  }
}
