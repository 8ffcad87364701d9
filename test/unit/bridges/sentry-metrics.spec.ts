import { expect, it } from 'vitest';
import { exportSentry } from '../../../lib/bridges/sentry-metrics.js';
import { EventOutcomes } from '../../../lib/sentry/client/event-outcomes.js';
import { registryOn } from '../metrics/registry-on.js';
import { samplesOf } from './exported.js';

it('sentry_events_total has every outcome from the start, and follows what is counted', async () => {
  const metrics = registryOn();
  const outcomes = new EventOutcomes();
  exportSentry(outcomes, metrics);
  expect(await samplesOf(metrics, 'sentry_events_total')).toEqual([
    'sentry_events_total{outcome="captured"} 0',
    'sentry_events_total{outcome="dropped"} 0',
    'sentry_events_total{outcome="refused"} 0',
  ]);
  for (const outcome of ['captured', 'captured', 'captured', 'refused', 'refused', 'dropped']) {
    outcomes.count(outcome as 'captured');
  }
  for (const _ of [1, 2]) {
    expect(await samplesOf(metrics, 'sentry_events_total')).toEqual([
      'sentry_events_total{outcome="captured"} 3',
      'sentry_events_total{outcome="dropped"} 1',
      'sentry_events_total{outcome="refused"} 2',
    ]);
  }
});
