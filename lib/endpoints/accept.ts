/** One of the things that a header such as `Accept` names, in lower case. */
export interface AcceptedRange {
  readonly name: string;
  /** As they stand there: `version=1.0.0`. */
  readonly parameters: readonly string[];
  /** 0 to 1. */
  readonly weight: number;
}

/** Reads a header such as `Accept` or `Accept-Encoding`, in its order. A weight that cannot be read counts for nothing. */
export function acceptedRanges(header = ''): readonly AcceptedRange[] {
  const ranges: AcceptedRange[] = [];
  for (const range of header.toLowerCase().split(',')) {
    const end = range.indexOf(';');
    const name = (end === -1 ? range : range.slice(0, end)).trim();
    if (name === '') continue;
    const parameters = end === -1 ? [] : parametersIn(range.slice(end + 1));
    ranges.push({ name, parameters, weight: weightIn(parameters) });
  }
  return ranges;
}

/** The weight that ranges give to the first of the names that is among them; to none of them it is nothing. */
export function weightOf(ranges: readonly AcceptedRange[], ...names: string[]): number {
  for (const name of names) {
    const range = ranges.findLast((one) => one.name === name);
    if (range !== undefined) return range.weight;
  }
  return 0;
}

/** The value of a parameter, without quotes. */
export function parameterOf(parameters: readonly string[], name: string): string | undefined {
  const parameter = parameters.find((one) => one.startsWith(`${name}=`));
  return parameter?.slice(name.length + 1).replace(/^"(.*)"$/, '$1');
}

/**
 * Whether a header `Accept` prefers HTML to JSON: HTML must be named in it, and JSON must count for less. A
 * wildcard alone, as programs send it, prefers nothing.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const ranges = acceptedRanges(accept);
  return (
    weightOf(ranges, 'text/html') > weightOf(ranges, 'application/json', 'application/*', '*/*')
  );
}

function parametersIn(text: string): readonly string[] {
  return text.split(';').map((parameter) => parameter.trim());
}

function weightIn(parameters: readonly string[]): number {
  const weight = parameterOf(parameters, 'q');
  if (weight === undefined) return 1;
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : 0;
}
