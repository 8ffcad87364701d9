/** A way of writing an exposition: the Prometheus text format 0.0.4, or OpenMetrics 1.0.0. */
export type Format = 'prometheus' | 'openmetrics';

/** Why a text is no exposition, and at which line. */
export class ExpositionError extends Error {
  constructor(
    readonly line: number,
    readonly reason: string,
  ) {
    super(`line ${line}: ${reason}`);
  }
}

/** A line that tells something of a family. */
export interface Descriptor {
  readonly kind: 'HELP' | 'TYPE' | 'UNIT';
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

/** Labels by name, in the order in which they are written. */
export type Labels = ReadonlyMap<string, string>;

/** A line that holds a number. */
export interface Sample {
  readonly line: number;
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  readonly timestamp: number | undefined;
  /** Of OpenMetrics: an example of what was counted. */
  readonly exemplar: { readonly labels: Labels; readonly value: number } | undefined;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const NUMBER =
  /(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]?(?:infinity|inf)|nan)(?![^ \t])/iy;
const INTEGER = /[+-]?\d+(?![^ \t])/y;
const DESCRIPTOR = { prometheus: /#[ \t]*(?:HELP|TYPE)(?=[ \t])/y, openmetrics: /# [A-Z]+(?= )/y };
const KINDS = { prometheus: ['HELP', 'TYPE'], openmetrics: ['HELP', 'TYPE', 'UNIT'] };

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', '"': '"' };

/** Reads one line from its beginning to its end. */
class Cursor {
  #at = 0;

  constructor(
    readonly text: string,
    readonly line: number,
    readonly format: Format,
  ) {}

  get isAtEnd(): boolean {
    return this.#at === this.text.length;
  }

  fail(reason: string): never {
    throw new ExpositionError(this.line, `${reason}, at column ${this.#at + 1}`);
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  need(pattern: RegExp, what: string): string {
    return this.take(pattern) ?? this.fail(`expected ${what}`);
  }

  /** What stands between two words. */
  gap(): void {
    this.need(this.format === 'prometheus' ? /[ \t]+/y : / /y, 'one space');
  }

  /** What 0.0.4 lets stand between any two signs. */
  slack(): void {
    if (this.format === 'prometheus') this.take(/[ \t]+/y);
  }

  unescaped(plain: RegExp, escapes: string): string {
    let text = '';
    for (;;) {
      text += this.take(plain) ?? '';
      if (this.take(/\\/y) === undefined) return text;
      const sign = this.take(/[^]/y) ?? this.fail('a backslash with nothing behind it');
      if (!escapes.includes(sign)) this.fail(`the escape "\\${sign}" does not exist here`);
      text += ESCAPED[sign];
    }
  }

  number(pattern: RegExp, what: string): number {
    const written = this.need(pattern, what).toLowerCase();
    if (written === 'nan') return Number.NaN;
    if (written.includes('inf')) return written.startsWith('-') ? -Infinity : Infinity;
    return Number(written);
  }
}

/** Reads one line; `undefined` for one that says nothing, which only 0.0.4 has. */
export function readLine(
  text: string,
  line: number,
  format: Format,
): Descriptor | Sample | undefined {
  const cursor = new Cursor(text, line, format);
  cursor.slack();
  if (format === 'prometheus' && cursor.isAtEnd) return undefined;
  if (!text.trimStart().startsWith('#')) return readSample(cursor);
  const kind = cursor.take(DESCRIPTOR[format])?.replace(/#[ \t]*/, '');
  if (kind !== undefined && KINDS[format].includes(kind))
    return readDescriptor(cursor, kind as Descriptor['kind']);
  return format === 'prometheus' ? undefined : cursor.fail('a comment, of which there are none');
}

function readDescriptor(cursor: Cursor, kind: Descriptor['kind']): Descriptor {
  cursor.gap();
  const name = cursor.need(NAME, 'the name of a family');
  if (cursor.format === 'openmetrics' || !cursor.isAtEnd) cursor.gap();
  const text = kind === 'HELP' ? readHelp(cursor) : (cursor.take(/[a-zA-Z0-9_:]+/y) ?? '');
  cursor.slack();
  if (!cursor.isAtEnd) cursor.fail(`more than the ${kind}`);
  return { kind, line: cursor.line, name, text };
}

/** OpenMetrics wants quotes escaped here too. */
function readHelp(cursor: Cursor): string {
  return cursor.format === 'prometheus'
    ? cursor.unescaped(/[^\\]+/y, '\\n')
    : cursor.unescaped(/[^\\"]+/y, '\\n"');
}

function readSample(cursor: Cursor): Sample {
  const { line } = cursor;
  const name = cursor.need(NAME, 'the name of a sample');
  const labels = readLabels(cursor) ?? new Map<string, string>();
  cursor.gap();
  const value = cursor.number(NUMBER, 'a number');
  const timestamp = readTimestamp(cursor);
  const exemplar = cursor.format === 'openmetrics' ? readExemplar(cursor) : undefined;
  cursor.slack();
  if (!cursor.isAtEnd) cursor.fail('more than a sample');
  return { line, name, labels, value, timestamp, exemplar };
}

function readTimestamp(cursor: Cursor): number | undefined {
  if (cursor.format === 'prometheus') {
    cursor.slack();
    return cursor.isAtEnd ? undefined : cursor.number(INTEGER, 'a time in whole milliseconds');
  }
  const follows = cursor.take(/ (?=[+\-.\d])/y) !== undefined;
  return follows ? cursor.number(NUMBER, 'a time in seconds') : undefined;
}

function readExemplar(cursor: Cursor): Sample['exemplar'] {
  if (cursor.take(/ # /y) === undefined) return undefined;
  const labels = readLabels(cursor) ?? cursor.fail('expected the labels of an exemplar');
  const length = [...labels].flat().reduce((sum, part) => sum + Array.from(part).length, 0);
  if (length > 128) cursor.fail('the labels of an exemplar are longer than 128 characters');
  cursor.gap();
  const value = cursor.number(NUMBER, 'the number of an exemplar');
  readTimestamp(cursor);
  return { labels, value };
}

function readLabels(cursor: Cursor): Labels | undefined {
  const opening = cursor.format === 'prometheus' ? /[ \t]*\{/y : /\{/y;
  if (cursor.take(opening) === undefined) return undefined;
  const labels = new Map<string, string>();
  cursor.slack();
  while (cursor.take(/\}/y) === undefined) {
    const name = cursor.need(LABEL_NAME, 'the name of a label');
    if (labels.has(name)) cursor.fail(`the label ${name} stands here twice`);
    cursor.slack();
    cursor.need(/=/y, 'an equals sign');
    cursor.slack();
    cursor.need(/"/y, 'a quote before the value');
    labels.set(name, cursor.unescaped(/[^"\\]+/y, '\\n"'));
    cursor.need(/"/y, 'a quote after the value');
    cursor.slack();
    readComma(cursor);
  }
  return labels;
}

/** After the last label 0.0.4 lets one stand, OpenMetrics does not. */
function readComma(cursor: Cursor): void {
  const comma = cursor.take(/,/y);
  cursor.slack();
  const last = cursor.take(/(?=\})/y) !== undefined;
  if (comma === undefined && !last) cursor.fail('expected a comma or the end of the labels');
  if (comma !== undefined && last && cursor.format === 'openmetrics')
    cursor.fail('a comma after the last label');
}
