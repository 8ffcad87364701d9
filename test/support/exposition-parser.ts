import {
  ExpositionError,
  readLine,
  type Descriptor,
  type Format,
  type Labels,
  type Sample,
} from './exposition-lines.js';
import { checkFamily } from './exposition-rules.js';

export { ExpositionError, type Format, type Sample } from './exposition-lines.js';

/** All samples of one name, and what is told of them. */
export interface Family {
  readonly name: string;
  /** `untyped` (0.0.4) or `unknown` (OpenMetrics) where no line tells it. */
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: readonly Sample[];
}

type OpenFamily = { -readonly [Key in keyof Family]: Family[Key] } & {
  samples: Sample[];
  told: Set<Descriptor['kind']>;
};

/** With what the names of the samples of a family end; types that only OpenMetrics has are none that we write. */
const SUFFIXES: Readonly<Record<Format, Readonly<Record<string, readonly string[]>>>> = {
  prometheus: {
    counter: [''],
    gauge: [''],
    histogram: ['_bucket', '_sum', '_count'],
    summary: ['', '_sum', '_count'],
    untyped: [''],
  },
  openmetrics: {
    counter: ['_total', '_created'],
    gauge: [''],
    histogram: ['_bucket', '_sum', '_count', '_created'],
    summary: ['', '_sum', '_count', '_created'],
    unknown: [''],
  },
};

/** Control characters other than tabs, halves of characters, byte order marks. */
const FORBIDDEN = /[^\P{Cc}\t]|\p{Surrogate}|\ufeff/u;

/**
 * Reads an exposition by the letter of its specification, and a little more strictly: no control characters.
 *
 * @throws ExpositionError that names the line and the reason.
 */
export function parseExposition(
  exposition: string | Uint8Array,
  format: Format,
): ReadonlyMap<string, Family> {
  const lines = linesOf(exposition, format);
  const families = new Families(format);
  lines.forEach((text, index) => {
    const read = readLine(text, index + 1, format);
    if (read === undefined) return;
    if ('kind' in read) families.describe(read);
    else families.add(read);
  });
  families.end();
  return families.all;
}

/** One text for each series: the name of the sample, and its labels in order. An empty label is no label. */
export function seriesOf(name: string, labels: Labels): string {
  const told = [...labels].filter(([, value]) => value !== '');
  return `${name}${JSON.stringify(told.toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function linesOf(exposition: string | Uint8Array, format: Format): string[] {
  const text =
    typeof exposition === 'string'
      ? exposition
      : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(exposition);
  const lines = text.split('\n');
  const bad = lines.findIndex((line) => FORBIDDEN.test(line));
  if (bad >= 0) throw new ExpositionError(bad + 1, 'a sign that has no place in a text');
  const last = lines.at(-1);
  if (format === 'openmetrics') {
    if (last === '') lines.pop();
    if (lines.pop() !== '# EOF')
      throw new ExpositionError(lines.length + 1, 'the last line is not "# EOF"');
  } else if (lines.pop() !== '') {
    throw new ExpositionError(lines.length + 1, 'no line feed at the end');
  }
  return lines;
}

/** Puts lines together to families. */
class Families {
  readonly all = new Map<string, OpenFamily>();
  readonly #points = new Set<string>();
  /** In OpenMetrics: which family may have samples of a name. */
  readonly #owners = new Map<string, string>();
  #current: OpenFamily | undefined;

  constructor(private readonly format: Format) {}

  describe({ kind, line, name, text }: Descriptor): void {
    const family = this.#current?.name === name ? this.#current : this.#open(name, line);
    const refuse = (reason: string): never => {
      throw new ExpositionError(line, `${kind} of ${name} ${reason}`);
    };
    if (family.samples.length > 0) refuse('comes after samples of it');
    if (family.told.has(kind)) refuse('is told twice');
    if (kind === 'TYPE' && !Object.hasOwn(SUFFIXES[this.format], text))
      refuse(`is the unknown "${text}"`);
    if (kind === 'UNIT' && text !== '' && !name.endsWith(`_${text}`))
      refuse('is not the end of the name');
    family.told.add(kind);
    if (kind === 'TYPE') family.type = text;
    if (kind === 'HELP') family.help = text;
  }

  add(sample: Sample): void {
    const { name, labels, line, timestamp } = sample;
    const family = this.#belongs(name) ?? this.#open(name, line);
    const series = seriesOf(name, labels);
    const point = `${series} ${timestamp}`;
    if (this.#points.has(point)) throw new ExpositionError(line, `${series} stands here twice`);
    this.#points.add(point);
    family.samples.push(sample);
  }

  /** Says that there is no more. */
  end(): void {
    this.#close();
    this.#current = undefined;
  }

  #belongs(name: string): OpenFamily | undefined {
    const family = this.#current;
    return family && this.#namesOf(family).includes(name) ? family : undefined;
  }

  #namesOf({ name, type }: OpenFamily): string[] {
    return (SUFFIXES[this.format][type] ?? []).map((suffix) => name + suffix);
  }

  #open(name: string, line: number): OpenFamily {
    this.#close();
    if (this.all.has(name))
      throw new ExpositionError(line, `${name} is told in two places, or has no such sample`);
    const type = this.format === 'prometheus' ? 'untyped' : 'unknown';
    this.#current = { name, type, help: undefined, samples: [], told: new Set() };
    this.all.set(name, this.#current);
    return this.#current;
  }

  #close(): void {
    const family = this.#current;
    if (family === undefined) return;
    checkFamily(family, this.format);
    if (this.format === 'prometheus') return;
    for (const name of this.#namesOf(family)) {
      const owner = this.#owners.get(name);
      const line = family.samples[0]?.line ?? 0;
      if (owner !== undefined)
        throw new ExpositionError(line, `${name} could be of ${owner} and of ${family.name}`);
      this.#owners.set(name, family.name);
    }
  }
}
