import type { Faults } from '../faults.js';
import type { Series, SeriesTable } from './series-table.js';

/** One series of a metric that somebody keeps: still the one of its labels when it has been removed meanwhile. */
export class BoundSeries<S extends Series> {
  /** The series while it is there, and room for it; whoever records often keeps it himself. */
  kept: S | undefined;

  constructor(
    private readonly table: SeriesTable<S>,
    private readonly faults: Faults,
    readonly values: readonly unknown[] | undefined,
  ) {
    this.kept = values && table.find(values);
  }

  /** The series; `undefined` where its labels are refused. It is there from now on. */
  get(): S | undefined {
    const { kept } = this;
    return kept !== undefined && kept.index >= 0 ? kept : this.#admit();
  }

  #admit(): S | undefined {
    if (this.values === undefined) return this.#refused();
    try {
      const series = this.table.admit(this.values);
      // Each recording that finds no room is counted, and there may be room again.
      this.kept = this.table.isOverflow(series) ? undefined : series;
      return series;
    } catch {
      return this.#refused();
    }
  }

  #refused(): undefined {
    this.faults.count('metric_label');
  }
}
