import { FAULT_SOURCES, type Faults } from '../faults.js';
import { UNLIMITED, type MetricsRegistry } from '../metrics/metrics.registry.js';
import { following, type Totals } from './followed-totals.js';

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
