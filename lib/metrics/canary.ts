import { systemClock } from '../clock.js';
import { Faults } from '../faults.js';
import { SafeLogger } from '../tell.js';
import { ExpositionParts } from './exposition-parts.js';
import { metricMaker, type MetricMaker } from './metric-classes.js';
import type { PromClient } from './prom-client.js';
import { headerText } from './sample-text.js';

const NAME = 'canary';
const LABELS = { bird: 'a "quoted"\nname', cage: String.raw`back\slash` };

/**
 * Whether a registry of this `prom-client` writes metrics of ours as we do. Another version may not, and then it is to
 * write them, and a warning says so.
 */
export async function writesAlike(client: PromClient): Promise<boolean> {
  const alike = await canariesAgree(client);
  if (!alike) {
    new SafeLogger().warn(
      'This version of prom-client writes metrics in another way than the one known here. It writes them itself from now ' +
        'on: scrapes are slower, and hold the event loop while it does',
    );
  }
  return alike;
}

async function canariesAgree(client: PromClient): Promise<boolean> {
  try {
    const make = metricMaker(client);
    for (const canary of [counterFrom(make), histogramFrom(make)]) {
      const stock = await new client.Registry().getMetricsAsString(canary);
      const out = new ExpositionParts(systemClock);
      out.write(headerText(canary, 'prometheus', () => false));
      await canary.write(out, 'prometheus');
      if (linesOf(stock) !== linesOf(Buffer.concat(out.end()).toString())) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function counterFrom(make: MetricMaker): ReturnType<typeof make<'counter'>> {
  const canary = make('counter', setupOf('counter'));
  canary.inc(LABELS, 1.5);
  return canary;
}

function histogramFrom(make: MetricMaker): ReturnType<typeof make<'histogram'>> {
  const canary = make('histogram', setupOf('histogram'));
  for (const value of [0.1, 0.7, 9]) canary.observe(LABELS, value);
  return canary;
}

function setupOf(type: 'counter' | 'histogram'): Parameters<MetricMaker>[1] {
  return {
    definition: { type, name: NAME, labelNames: Object.keys(LABELS), bounds: [0.5, 1] },
    configuration: { name: NAME, help: 'A canary\nof "ours"' },
    clock: systemClock,
    faults: new Faults(),
    defaultLabels: {},
    maxSeries: 1,
    diverted: () => {},
  };
}

/** The lines, whatever their order and that of their labels. */
function linesOf(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => line.replace(/\{(.*)\}/, sortLabels))
    .toSorted()
    .join('\n');
}

function sortLabels(_braces: string, labels: string): string {
  const sorted = labels.split(/,(?=[a-z]+=")/).toSorted();
  return `{${sorted.join(',')}}`;
}
