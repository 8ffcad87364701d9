import { SHADOWS, type MetricsRegistry } from '../metrics.registry.js';
import type { GaugeConfiguration } from '../metrics.types.js';
import type { SharedReading } from './shared-reading.js';

/** What a gauge is called, and how the workers of a cluster are put together. */
export type GaugeNames = Pick<GaugeConfiguration, 'name' | 'help' | 'aggregator'>;

/** Makes a gauge that shows one number of a reading, and has no series while that is not known. */
export function readingGauge<T>(
  registry: MetricsRegistry,
  names: GaugeNames,
  shared: SharedReading<T | Promise<T>>,
  pick: (reading: T) => number | undefined,
): void {
  const show = (reading: T): void => {
    const value = pick(reading);
    if (value === undefined) gauge.remove();
    else gauge.set(value);
  };
  const collect = (): void | Promise<void> => {
    const reading = shared.read();
    return reading instanceof Promise ? reading.then(show) : show(reading);
  };
  const gauge = registry.exported('gauge', { ...names, collect }, SHADOWS);
}
