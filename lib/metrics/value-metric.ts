import { OwnMetric, type MetricSetup } from './own-metric.js';
import type { PromSample } from './prom-client.js';
import { numberText } from './sample-text.js';
import type { Series } from './series-table.js';

/** One number and what stands before it in an exposition. */
export interface ValueSeries extends Series {
  value: number;
  readonly head: string;
}

/** A metric whose series are one number each. */
export abstract class ValueMetric extends OwnMetric<ValueSeries> {
  readonly #opening: string;

  constructor(setup: MetricSetup) {
    super(setup);
    this.#opening = `${this.metricName}{`;
    this.showAtOnce();
  }

  override reset(): void {
    super.reset();
    this.showAtOnce();
  }

  override text({ head, value }: ValueSeries): string {
    return `${head}${numberText(value)}\n`;
  }

  protected override make(values: readonly string[]): ValueSeries {
    return { index: -1, value: 0, head: this.#head(values) };
  }

  protected override samples({ value }: ValueSeries, labels: Record<string, string>): PromSample[] {
    return [{ value, labels }];
  }

  #head(values: readonly string[]): string {
    return this.labelsText(this.#opening, values, '} ') || `${this.metricName} `;
  }
}
