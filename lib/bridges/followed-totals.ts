import type { Counter } from '../metrics/metrics.types.js';

/** Totals that are kept elsewhere, each under its name. */
export type Totals = () => Iterable<readonly [name: string, total: number]>;

/** A `collect` that brings a counter up to totals that only grow. */
export function following(label: string, totals: Totals): (this: Counter) => void {
  const shown = new Map<string, number>();
  return function collect() {
    for (const [name, total] of totals()) {
      this.inc({ [label]: name }, total - (shown.get(name) ?? 0));
      shown.set(name, total);
    }
  };
}
