import { FAULT_SOURCES, type Faults } from '../faults.js';
import { UNLIMITED, type MetricsRegistry } from '../metrics/metrics.registry.js';
import type { Counter } from '../metrics/metrics.types.js';

/** Totals that are kept elsewhere, each under its name. */
type Totals = () => Iterable<readonly [name: string, total: number]>;

/**
 * Exports what the module has swallowed, and what metrics with too many series have lost.
 *
 * @param droppedSeries tells of each metric that has reached its limit how many recordings fell into its overflow series.
 */
export function exportFaults(
  faults: Faults,
  metrics: MetricsRegistry,
  droppedSeries: Totals,
): void {
  if (!metrics.enabled) return;
  metrics.exported(
    'counter',
    {
      name: 'observability_errors_total',
      help: 'Errors that the observability module has swallowed, by the place where they came up.',
      labelNames: ['source'],
      collect: following('source', () => FAULT_SOURCES.map((name) => [name, faults.of(name)])),
    },
    UNLIMITED,
  );
  metrics.exported(
    'counter',
    {
      name: 'observability_series_dropped_total',
      help: 'Recordings that fell into the overflow series, as their metric has too many label sets.',
      labelNames: ['metric'],
      collect: following('metric', droppedSeries),
    },
    UNLIMITED,
  );
}

/** A `collect` that brings a counter up to totals that only grow. */
function following(label: string, totals: Totals): (this: Counter) => void {
  const shown = new Map<string, number>();
  return function collect() {
    for (const [name, total] of totals()) {
      this.inc({ [label]: name }, total - (shown.get(name) ?? 0));
      shown.set(name, total);
    }
  };
}
