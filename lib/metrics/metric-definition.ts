import { showValue } from '../show-value.js';
import type { MetricConfiguration, MetricType, SummaryConfiguration } from './metrics.types.js';

/** What makes two requests for a metric the same metric. Help texts may differ. */
export interface MetricDefinition {
  readonly type: MetricType;
  readonly name: string;
  readonly labelNames: readonly string[];
  /** Buckets of a histogram, percentiles of a summary; `undefined` for prom-client's own. */
  readonly bounds: readonly number[] | undefined;
}

/** A configuration of any type of metric. */
export interface AnyConfiguration extends MetricConfiguration<string, never> {
  readonly buckets?: readonly number[] | undefined;
  readonly percentiles?: readonly number[] | undefined;
}

/** What both formats allow as the name of a metric. */
export const METRIC_NAME: RegExp = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** What the exposition format allows as the name of a label; `__` is kept for Prometheus itself. */
export const LABEL_NAME: RegExp = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Labels that the exposition format keeps for itself. */
const RESERVED: Partial<Record<MetricType, string>> = { histogram: 'le', summary: 'quantile' };

/** Labels that histograms and summaries write themselves: as default labels they would stand there twice. */
export const RESERVED_LABELS: readonly string[] = Object.values(RESERVED);

/** How many label sets a metric may have where nobody says otherwise; that of OpenTelemetry. */
export const DEFAULT_MAX_SERIES = 2_000;

/** How `prom-client` can put the workers of a cluster together. */
const AGGREGATORS: readonly AnyConfiguration['aggregator'][] = [
  'omit',
  'sum',
  'first',
  'min',
  'max',
  'average',
];

/** Says that a part of a configuration is not what it must be. */
type Refuse = (what: string, value: unknown, accepted: string) => void;

/**
 * Reads what is asked for. With metrics off too, so that a mistake shows before they are switched on.
 *
 * @throws TypeError that names the metric, the value and what is accepted.
 */
export function defineMetric(type: MetricType, configuration: AnyConfiguration): MetricDefinition {
  const { name, help, labelNames = [] } = configuration;
  const refuse: Refuse = (what, value, accepted) => {
    throw new TypeError(
      `Metric ${showValue(name)}: ${what} is ${showValue(value)}; accepted is ${accepted}.`,
    );
  };
  if (typeof name !== 'string' || !METRIC_NAME.test(name)) {
    refuse('its name', name, 'letters, digits, "_" and ":", not starting with a digit');
  }
  if (typeof help !== 'string' || help === '') refuse('its help', help, 'a text that is not empty');
  checkLabels(type, labelNames, refuse);
  checkScraping(configuration, refuse);
  if (type === 'summary') checkAge(configuration as SummaryConfiguration, refuse);
  const bounds = boundsOf(type, configuration);
  if (bounds !== undefined) checkBounds(type, bounds, refuse);
  return { type, name, labelNames: [...labelNames], bounds: bounds && [...bounds] };
}

function checkLabels(type: MetricType, labelNames: readonly string[], refuse: Refuse): void {
  if (!Array.isArray(labelNames)) refuse('labelNames', labelNames, 'an array of label names');
  for (const [index, label] of labelNames.entries()) {
    const rule = 'letters, digits and "_", starting with neither a digit nor "__"';
    if (typeof label !== 'string' || !LABEL_NAME.test(label)) refuse('a label name', label, rule);
    if (label === RESERVED[type]) {
      refuse('a label name', label, `any other: a ${type} has this label of its own`);
    }
    if (labelNames.indexOf(label) < index) refuse('a label name', label, 'each label once');
  }
}

/** A mistake here would show only in a scrape. */
function checkScraping({ aggregator, collect }: AnyConfiguration, refuse: Refuse): void {
  if (aggregator !== undefined && !AGGREGATORS.includes(aggregator)) {
    refuse('aggregator', aggregator, `one of "${AGGREGATORS.join('", "')}"`);
  }
  if (collect !== undefined && typeof collect !== 'function') {
    refuse('collect', collect, 'a function');
  }
}

/** After a pause `prom-client` makes up for each part of the age that has gone by, and holds the event loop meanwhile. */
const PARTS_PER_SECOND = 10;
const MAX_AGE_BUCKETS = 1_000;

function checkAge({ maxAgeSeconds, ageBuckets }: SummaryConfiguration, refuse: Refuse): void {
  const parts = ageBuckets === undefined ? 1 : ageBuckets;
  if (!(Number.isInteger(parts) && parts >= 1 && parts <= MAX_AGE_BUCKETS)) {
    refuse('ageBuckets', parts, `a whole number from 1 to ${MAX_AGE_BUCKETS}`);
  }
  const leastSeconds = parts / PARTS_PER_SECOND;
  if (
    maxAgeSeconds !== undefined &&
    !(Number.isFinite(maxAgeSeconds) && maxAgeSeconds >= leastSeconds)
  ) {
    const rule = `a finite number from ${leastSeconds}, ${1 / PARTS_PER_SECOND} for each of the ageBuckets`;
    refuse('maxAgeSeconds', maxAgeSeconds, rule);
  }
}

function boundsOf(type: MetricType, given: AnyConfiguration): readonly number[] | undefined {
  if (type === 'histogram') return given.buckets;
  return type === 'summary' ? given.percentiles : undefined;
}

/** `prom-client` takes any list, and counts wrongly with one that is out of order. */
function checkBounds(type: MetricType, bounds: readonly number[], refuse: Refuse): void {
  if (type === 'summary') {
    const areFractions = areBuckets(bounds) && bounds.every((bound) => bound >= 0 && bound <= 1);
    const rule = 'an array of numbers from 0 to 1 in ascending order, each once';
    if (!areFractions) refuse('percentiles', bounds, rule);
    return;
  }
  if (!areBuckets(bounds)) refuse('buckets', bounds, BUCKETS_RULE);
}

/** What buckets must be. */
export const BUCKETS_RULE = 'an array of finite numbers in ascending order, each once';

/** Whether a value can be the buckets of a histogram. */
export function areBuckets(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || !value.every(Number.isFinite)) return false;
  const bounds = value as readonly number[];
  return bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? 0));
}

/** Says whether two requests mean one metric: same type, same labels in the same order, same bounds. */
export function isSameMetric(one: MetricDefinition, other: MetricDefinition): boolean {
  return describeMetric(one) === describeMetric(other);
}

/** A definition in words: `histogram(method, status) with 0.1, 1`. */
export function describeMetric({ type, labelNames, bounds }: MetricDefinition): string {
  return `${type}(${labelNames.join(', ')})${bounds ? ` with ${bounds.join(', ')}` : ''}`;
}

/** The names that a metric takes up: its own, and those of its samples. */
export function sampleNames({
  type,
  name,
}: {
  readonly type: unknown;
  readonly name: string;
}): string[] {
  if (type === 'histogram') return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
  return type === 'summary' ? [name, `${name}_sum`, `${name}_count`] : [name];
}
