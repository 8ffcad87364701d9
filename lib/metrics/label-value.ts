import { bigintText } from '../plain-json.js';

/** The longest value of a label, in UTF-16 units; what comes after is cut off. */
export const MAX_LABEL_LENGTH = 128;

/** What some parsers take for the end of a line, what no terminal should be sent, and halves of characters. */
const UNFIT = /(?!\n)[\p{Cc}\u2028\u2029\p{Cs}]/gu;

/** Most texts have none of that, and this is found out faster. */
const UNUSUAL = /[^\u0020-\u007e]/;

/** An element more or less says nothing to anybody. */
const MAX_ELEMENTS = 16;

/**
 * The text of a label's value, whatever it is: fit for every parser, and bounded. Nothing at all is `''`, which means the
 * same as no label.
 *
 * @throws what the value throws when it is asked for its text.
 */
export function labelText(value: unknown): string {
  const text = textOf(value);
  return cleanText(text.length > MAX_LABEL_LENGTH ? cut(text) : text);
}

/** A text of any length with nothing in it that a parser could stumble over. */
export function cleanText(text: string): string {
  return UNUSUAL.test(text) ? text.replace(UNFIT, '\u{FFFD}') : text;
}

/** The text of a value as it is. @throws what the value throws when it is asked for its text. */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return bigintText(value);
    case 'object':
      return value === null ? '' : objectText(value);
    case 'undefined':
      return '';
    case 'function':
      return '[function]';
    default:
      return String(value);
  }
}

/** Express, for one, gives an array where a parameter comes twice. */
function objectText(value: object): string {
  if (Array.isArray(value)) {
    const elements: unknown[] = value.slice(0, MAX_ELEMENTS);
    return elements.map(elementText).join(',');
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  // The text of a buffer is as long as the buffer.
  if (ArrayBuffer.isView(value)) return '[object]';
  // oxlint-disable-next-line typescript/no-base-to-string -- what it says of itself is what is wanted, even that
  return String(value);
}

function elementText(element: unknown): string {
  return isObject(element) ? '[object]' : textOf(element).slice(0, MAX_LABEL_LENGTH);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Leaves no half of a character at the end. */
function cut(text: string): string {
  return text.slice(0, MAX_LABEL_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Makes copies of texts that hold on to nothing else. V8 may keep a text as part of another, and with it the whole body of
 * a request that a label was cut from.
 */
export class OwnCopies {
  readonly #scratch = Buffer.alloc(MAX_LABEL_LENGTH);

  /** @param text has been cleaned by {@link labelText}. */
  of(text: string): string {
    if (text.length < SHORTEST_PART) return text;
    // By way of one byte for each character is the fastest, and right for most.
    const length = this.#scratch.write(text, 'latin1');
    const copy = this.#scratch.toString('latin1', 0, length);
    return copy === text ? copy : Buffer.from(text).toString();
  }
}

/** What is shorter V8 keeps as it is. */
const SHORTEST_PART = 13;
