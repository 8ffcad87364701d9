import type { Counter, CounterChild } from './metrics.types.js';
import { isLabels } from './own-metric.js';
import { ValueMetric } from './value-metric.js';

/** A counter. */
export class CounterMetric extends ValueMetric implements Counter {
  inc(first?: unknown, second?: unknown): void {
    const given = isLabels(first) ? second : first;
    const amount = given === undefined ? 1 : given;
    if (!isAmount(amount)) return this.refuse();
    const series = this.seriesOf(first);
    if (series !== undefined) series.value += amount;
  }

  labels(...labels: unknown[]): CounterChild {
    const bound = this.bind(labels);
    let { kept } = bound;
    const add = (value: unknown): void => {
      if (!isAmount(value)) return this.refuse();
      const series = bound.get();
      if (series !== undefined) series.value += value;
      ({ kept } = bound);
    };
    return {
      // What is called most is done with the least.
      inc: (value?: unknown) => {
        if (value === undefined && kept !== undefined && kept.index >= 0) kept.value += 1;
        else add(value === undefined ? 1 : value);
      },
    };
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}
