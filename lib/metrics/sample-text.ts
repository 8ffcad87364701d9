import { cleanText } from './label-value.js';
import type { ExpositionFormat } from './metrics.types.js';

/** A number as both formats write it. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return `${value}`;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** A bound of a bucket or a percentile as the value of a label: OpenMetrics wants `1.0` where the other wants `1`. */
export function boundText(bound: number, format: ExpositionFormat): string {
  if (format === 'prometheus' || !Number.isFinite(bound)) return numberText(bound);
  const [digits, exponent] = bound.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
}

/** The value of a label between its quotation marks. */
export function escapeLabelValue(value: string): string {
  return /[\\"\n]/.test(value) ? escapeText(value).replaceAll('"', String.raw`\"`) : value;
}

/** Text that stands by itself, in a help text for instance. */
function escapeText(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}

/** The lines before the samples of a metric. */
export function headerText(
  { name, help, type }: { readonly name: string; readonly help: string; readonly type: string },
  format: ExpositionFormat,
  isTaken: (family: string) => boolean,
): string {
  const text = escapeText(cleanText(help));
  if (format === 'prometheus') {
    return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n`;
  }
  // Nothing is renamed: what OpenMetrics would not call a counter has a type that it does not know.
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const isCounter = type === 'counter' && family !== name && !isTaken(family);
  const known = type === 'counter' && !isCounter ? 'unknown' : type;
  const shown = isCounter ? family : name;
  const escaped = text.replaceAll('"', String.raw`\"`);
  return `# HELP ${shown} ${escaped}\n# TYPE ${shown} ${known}\n`;
}

/** Name and labels of a sample, up to the blank before the value. */
export function sampleHead(name: string, labels: readonly string[]): string {
  return labels.length === 0 ? `${name} ` : `${name}{${labels.join(',')}} `;
}
