import { cleanText, textOf } from './label-value.js';
import { LABEL_NAME, METRIC_NAME } from './metric-definition.js';
import type { ExpositionFormat } from './metrics.types.js';
import type { PromMetric, PromMetricData, PromRegistry, PromSample } from './prom-client.js';
import { boundText, escapeLabelValue, headerText, numberText, sampleHead } from './sample-text.js';

// Metrics that others have made with prom-client are written here too: its own way takes the values of labels as they
// come, writes counters of OpenMetrics under another name from then on, and holds the event loop until all is done.

const TYPES: readonly unknown[] = ['counter', 'gauge', 'histogram', 'summary'];
const UNKNOWN: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'untyped',
  openmetrics: 'unknown',
};

/** What a registry says of all its metrics. */
export interface ForeignRegistry {
  readonly registry: PromRegistry;
  /** Its default labels, each as it is written. */
  readonly defaultLabels: ReadonlyMap<string, string>;
}

/** Asks a registry for its default labels, which only what it writes tells. */
export async function readRegistry(registry: PromRegistry): Promise<ForeignRegistry> {
  const values = [{ labels: {}, value: 1 }];
  const get = (): Promise<PromMetricData> =>
    Promise.resolve({ name: 'default_labels', help: 'None', type: 'gauge', values });
  const text = await registry.getMetricsAsString({ get });
  const found = [...text.matchAll(/(?<=[{,])([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  const pairs = found.map(
    ([, name = '', value = '']) => [name, pairOf(name, unescape(value))] as const,
  );
  return { registry, defaultLabels: new Map(pairs) };
}

/** Asks a metric for all that it knows. Rejects where that is nothing. */
export async function readMetric(metric: PromMetric): Promise<PromMetricData> {
  const data: unknown = await (metric.getForPromString?.() ?? metric.get());
  if (typeof data !== 'object' || data === null) throw new TypeError('it tells nothing of itself');
  const { name } = data as { name?: unknown };
  if (typeof name !== 'string') throw new TypeError('it does not tell its name');
  return data as PromMetricData;
}

/** How many label sets a metric has. */
export function countSeries({ name, values = [] }: PromMetricData): number {
  const counted = [undefined, name, `${name}_count`];
  // A summary's percentiles have no name of their own.
  return values.filter(
    ({ metricName, labels = {} }) => counted.includes(metricName) && !('quantile' in labels),
  ).length;
}

/** The lines of a metric, one after the other. */
export function* foreignLines(
  { name: known, help, type, values = [] }: PromMetricData,
  { registry, defaultLabels }: ForeignRegistry,
  format: ExpositionFormat,
  isTaken: (family: string) => boolean,
): Generator<string> {
  // A registry in OpenMetrics takes the ending off the name of a counter, for good.
  const isCut =
    type === 'counter' && registry.contentType.startsWith('application/openmetrics-text');
  const name = isCut && !known.endsWith('_total') ? `${known}_total` : known;
  if (!METRIC_NAME.test(name)) throw new TypeError('its name is not that of a metric');
  yield headerText(
    { name, help: String(help), type: TYPES.includes(type) ? String(type) : UNKNOWN[format] },
    format,
    isTaken,
  );
  for (const { metricName = name, labels = {}, sharedLabels = {}, value } of values) {
    if (typeof value !== 'number' || !METRIC_NAME.test(metricName)) continue;
    const own = pairsOf(labels, format).concat(pairsOf(sharedLabels, format));
    const names = new Set(own.map(([label]) => label));
    const rest = [...defaultLabels].filter(([label]) => !names.has(label));
    const pairs = [...own, ...rest].map(([, pair]) => pair);
    yield `${sampleHead(metricName, pairs)}${numberText(value)}\n`;
  }
}

function pairsOf(
  labels: NonNullable<PromSample['labels']>,
  format: ExpositionFormat,
): [string, string][] {
  return Object.entries(labels)
    .filter(([name, value]) => LABEL_NAME.test(name) && value !== undefined)
    .map(([name, value]) => {
      const isBound = typeof value === 'number' && (name === 'le' || name === 'quantile');
      const text = isBound ? boundText(value, format) : textOf(value);
      return [name, pairOf(name, text)];
    });
}

function pairOf(name: string, value: string): string {
  return `${name}="${escapeLabelValue(cleanText(value))}"`;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}
