import { ExpositionError, type Format, type Sample } from './exposition-lines.js';

/** As much of a family as the rules are about. */
export interface RuledFamily {
  readonly name: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

/**
 * Checks what the numbers and labels of a family say, each type by its rules.
 *
 * @throws ExpositionError that names the line and the reason.
 */
export function checkFamily(family: RuledFamily, format: Format): void {
  for (const sample of family.samples) checkExemplar(family, sample);
  for (const metric of metricsOf(family)) {
    if (family.type === 'counter') metric.forEach(checkCount);
    if (family.type === 'histogram') checkHistogram(family, metric, format);
    if (family.type === 'summary') checkSummary(family, metric, format);
  }
}

const OWN_LABEL: Readonly<Record<string, string>> = { histogram: 'le', summary: 'quantile' };

function refuse({ line, name }: Sample, reason: string): never {
  throw new ExpositionError(line, `${name} ${reason}`);
}

/** The samples of a family, cut where other labels begin. */
function metricsOf({ type, samples }: RuledFamily): Sample[][] {
  const metrics = new Map<string, Sample[]>();
  let last: string | undefined;
  for (const sample of samples) {
    const labels = [...sample.labels].filter(([name, value]) => {
      return name !== OWN_LABEL[type] && value !== '';
    });
    const key = JSON.stringify(labels.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    if (key !== last && metrics.has(key)) refuse(sample, 'stands between samples of other labels');
    metrics.set(key, [...(metrics.get(key) ?? []), sample]);
    last = key;
  }
  return [...metrics.values()];
}

function checkExemplar({ name, type }: RuledFamily, sample: Sample): void {
  const allowed =
    (type === 'counter' && sample.name === `${name}_total`) ||
    (type === 'histogram' && sample.name === `${name}_bucket`);
  if (sample.exemplar !== undefined && !allowed) refuse(sample, 'cannot have an exemplar');
}

/** A sum may be less than zero: `observe(-1)` is allowed. */
function checkCount(sample: Sample): void {
  if (!(sample.value >= 0)) refuse(sample, `is ${sample.value}, which no count can be`);
}

function checkWhole(sample: Sample): void {
  checkCount(sample);
  if (!Number.isInteger(sample.value)) refuse(sample, `is ${sample.value}, not a whole number`);
}

function checkHistogram(family: RuledFamily, metric: readonly Sample[], format: Format): void {
  const buckets = metric.filter(({ name }) => name === `${family.name}_bucket`);
  const infinite = buckets.at(-1);
  if (infinite?.labels.get('le') !== '+Inf')
    refuse(infinite ?? metric[0]!, 'does not end with the bucket +Inf');
  buckets.forEach(checkWhole);
  checkBounds(buckets, 'le', format);
  buckets.forEach((bucket, i) => {
    const before = buckets[i - 1];
    if (before && bucket.value < before.value) refuse(bucket, 'is less than the bucket before it');
  });
  const count = checkTotals(family, metric, format);
  if (count !== undefined && count.value !== infinite.value)
    refuse(count, `is ${count.value}, and the bucket +Inf is ${infinite.value}`);
}

function checkSummary(family: RuledFamily, metric: readonly Sample[], format: Format): void {
  const quantiles = metric.filter(({ name }) => name === family.name);
  checkBounds(quantiles, 'quantile', format);
  for (const sample of quantiles) {
    const quantile = Number(sample.labels.get('quantile'));
    if (!(quantile >= 0 && quantile <= 1)) refuse(sample, 'has a quantile that is not in 0 to 1');
  }
  checkTotals(family, metric, format);
}

/** `_sum` and `_count`: both, or in OpenMetrics none. */
function checkTotals(
  { name }: RuledFamily,
  metric: readonly Sample[],
  format: Format,
): Sample | undefined {
  const find = (suffix: string) => metric.find((sample) => sample.name === name + suffix);
  const [sum, count] = [find('_sum'), find('_count')];
  const isMissing = sum === undefined || count === undefined;
  if (isMissing && (format === 'prometheus' || sum !== count))
    refuse(metric[0]!, 'has no _sum or no _count');
  if (count !== undefined) checkWhole(count);
  return count;
}

const BOUND = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|\+Inf)$/;

function checkBounds(samples: readonly Sample[], label: string, format: Format): void {
  let last = -Infinity;
  for (const sample of samples) {
    const written = sample.labels.get(label) ?? refuse(sample, `has no label ${label}`);
    if (!BOUND.test(written)) refuse(sample, `has the ${label} "${written}", which is no number`);
    const bound = written === '+Inf' ? Infinity : Number(written);
    if (!(bound > last)) refuse(sample, `has a ${label} that is not above the one before it`);
    if (format === 'openmetrics' && written !== canonical(bound))
      refuse(sample, `has the ${label} "${written}" instead of "${canonical(bound)}"`);
    last = bound;
  }
}

/** A number as Go's `%g` writes it, and always seen to be no whole one. */
export function canonical(number: number): string {
  if (number === Infinity) return '+Inf';
  const [digits = '', power = ''] = number.toExponential().split('e');
  const exponent = Number(power);
  if (number !== 0 && (exponent < -4 || exponent >= 6)) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  const decimal = String(number);
  return decimal.includes('.') ? decimal : `${decimal}.0`;
}
