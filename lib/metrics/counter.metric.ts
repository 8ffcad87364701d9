import type { Counter, CounterChild } from './metrics.types.js';
import { isLabels } from './own-metric.js';
import { ValueMetric } from './value-metric.js';

/** A counter. */
export class CounterMetric extends ValueMetric implements Counter {
  inc(first?: unknown, second?: unknown): void {
    const given = isLabels(first) ? second : first;
    const amount = given === undefined ? 1 : given;
    if (!this.#isAmount(amount)) return;
    const series = isLabels(first) ? this.table.at(first) : this.table.bare();
    if (series !== undefined) series.value += amount;
  }

  labels(...labels: unknown[]): CounterChild {
    const bound = this.bind(labels);
    return {
      inc: (value: unknown = 1) => {
        if (!this.#isAmount(value)) return;
        const series = bound.get();
        if (series !== undefined) series.value += value;
      },
    };
  }

  #isAmount(value: unknown): value is number {
    if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return true;
    this.faults.count('metric_value');
    return false;
  }
}
