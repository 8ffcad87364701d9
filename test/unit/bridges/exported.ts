import type { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';

/** The samples of a metric in a new exposition, in no order; of a histogram those whose name is asked for. */
export async function samplesOf(metrics: MetricsRegistry, name: string): Promise<string[]> {
  const lines = (await metrics.expose()).split('\n');
  return lines.filter((line) => new RegExp(`^${name}[{ ]`).test(line)).toSorted();
}
