import { OwnMetric, type MetricSetup } from './own-metric.js';
import type { PromSample } from './prom-client.js';
import { numberText, sampleHead } from './sample-text.js';
import type { Series } from './series-table.js';

/** One number and what stands before it in an exposition. */
export interface ValueSeries extends Series {
  value: number;
  readonly head: string;
}

/** A metric whose series are one number each. */
export abstract class ValueMetric extends OwnMetric<ValueSeries> {
  constructor(setup: MetricSetup) {
    super(setup);
    this.#showAtOnce();
  }

  override reset(): void {
    super.reset();
    this.#showAtOnce();
  }

  override text({ head, value }: ValueSeries): string {
    return `${head}${numberText(value)}\n`;
  }

  protected override make(values: readonly string[]): ValueSeries {
    return { index: -1, value: 0, head: sampleHead(this.metricName, this.labelParts(values)) };
  }

  protected override samples({ value }: ValueSeries, labels: Record<string, string>): PromSample[] {
    return [{ value, labels }];
  }

  /** One that has no labels is there before anything is recorded. */
  #showAtOnce(): void {
    if (this.labelNames.length === 0) this.table.bare();
  }
}
