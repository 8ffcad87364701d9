import promClient from 'prom-client';
import type { Clock } from '../../../lib/clock.js';
import {
  MetricsRegistry,
  type MetricsRegistrySettings,
} from '../../../lib/metrics/metrics.registry.js';
import type { PromClient } from '../../../lib/metrics/prom-client.js';

/** A registry with metrics on. */
export function registryOn(settings?: MetricsRegistrySettings, clock?: Clock): MetricsRegistry {
  // The library takes any client of this shape; prom-client's own types ask for more of a configuration.
  return new MetricsRegistry(promClient as unknown as PromClient, settings, clock);
}
