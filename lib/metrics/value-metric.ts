import type { ExpositionParts } from './exposition-parts.js';
import type { Branch } from './label-tree.js';
import { OwnMetric, type MetricSetup } from './own-metric.js';
import type { PromSample } from './prom-client.js';
import { numberText } from './sample-text.js';
import type { Series } from './series-table.js';

/** One number. */
export interface ValueSeries extends Series {
  value: number;
}

/** A metric whose series are one number each. */
export abstract class ValueMetric extends OwnMetric<ValueSeries> {
  readonly #opening: string;
  /** Made once, as each function is known to V8 by itself. */
  readonly #textOf = (series: ValueSeries): string => {
    // Removed while others had the event loop.
    if (series.index < 0) return '';
    return `${this.writtenLabels(series)}${numberText(series.value)}\n`;
  };

  constructor(setup: MetricSetup) {
    super(setup);
    this.#opening = `${this.metricName}{`;
    this.showAtOnce();
  }

  override reset(): void {
    super.reset();
    this.showAtOnce();
  }

  override write(out: ExpositionParts): Promise<void> {
    return out.writeEach(this.table.all(), this.#textOf);
  }

  protected override make(text: string, branch: Branch | undefined): ValueSeries {
    return { index: -1, text, branch, written: undefined, value: 0 };
  }

  protected override writeLabels(values: readonly string[]): string {
    return this.labelsText(this.#opening, values, '} ') || `${this.metricName} `;
  }

  protected override samples({ value }: ValueSeries, labels: Record<string, string>): PromSample[] {
    return [{ value, labels }];
  }
}
