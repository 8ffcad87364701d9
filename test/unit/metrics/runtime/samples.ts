import type { MetricsRegistry } from '../../../../lib/metrics/metrics.registry.js';

/** What a scrape shows, by series as it is written: `name` or `name{label="value"}`. */
export type Samples = ReadonlyMap<string, number>;

/** Scrapes once. */
export async function scrape(metrics: MetricsRegistry): Promise<Samples> {
  return samplesIn(await metrics.expose());
}

/** The samples of an exposition whose label values hold no space. */
export function samplesIn(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [series = '', value] = line.split(' ');
      return [series, Number(value)];
    }),
  );
}

/** The value of a series that must be there. */
export function valueOf(samples: Samples, series: string): number {
  const value = samples.get(series);
  if (value === undefined) throw new Error(`there is no ${series}`);
  return value;
}

/** The series of a metric, by name. */
export function seriesOf(samples: Samples, name: string): string[] {
  return [...samples.keys()].filter((series) => series.split('{')[0] === name);
}
