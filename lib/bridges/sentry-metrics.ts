import { UNLIMITED, type MetricsRegistry } from '../metrics/metrics.registry.js';
import { SENTRY_OUTCOMES, type EventOutcomes } from '../sentry/client/event-outcomes.js';
import { following } from './followed-totals.js';

/** Exports what has become of the errors and messages that were captured for Sentry. */
export function exportSentry(outcomes: EventOutcomes, metrics: MetricsRegistry): void {
  if (!metrics.enabled) return;
  metrics.exported(
    'counter',
    {
      name: 'sentry_events_total',
      help:
        'Errors and messages for Sentry: captured (handed over to be sent), refused (of these, not taken) ' +
        'and dropped (taken out because their secrets could not be masked).',
      labelNames: ['outcome'],
      collect: following('outcome', () => SENTRY_OUTCOMES.map((name) => [name, outcomes.of(name)])),
    },
    UNLIMITED,
  );
}
