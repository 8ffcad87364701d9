import { bigintText, toPlainJson } from './plain-json.js';
import { redactText } from './redaction.js';

const MAX_SHOWN = 200;

/** Shows a value of any kind in an error message, with its type, secrets masked, shortened. Never throws. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'string') return `${showText(value)} (string)`;
  if (typeof value === 'bigint') return `${shorten(bigintText(value))} (bigint)`;
  if (typeof value === 'symbol') return `${shorten(oneLine(String(value)))} (symbol)`;
  if (typeof value === 'number' || typeof value === 'boolean') return `${value} (${typeof value})`;
  return typeof value === 'object' ? showObject(value) : 'a function';
}

/** Shows a text in quotation marks, secrets masked, shortened. */
export function showText(text: string): string {
  return oneLine(JSON.stringify(shorten(redactText(text))));
}

/** Puts a space in place of what a log or a terminal would take for more than text: a new line, a command. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** Cuts a text that is too long for a message, and marks the cut. */
export function shorten(text: string, max: number = MAX_SHOWN): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

/** What an error says, in one line: never empty, never throwing, secrets masked, 500 characters at most. */
export function errorText(error: unknown): string {
  try {
    return shorten(oneLine(redactText(plainErrorText(error))), 500);
  } catch {
    return 'an error that cannot be read';
  }
}

function plainErrorText(error: unknown, depth = 0): string {
  if (typeof error === 'string' && error !== '') return error;
  if (!(error instanceof Error)) return `threw ${showValue(error)}`;
  // A refused connection to a name with several addresses says why only inside.
  if (error instanceof AggregateError && error.message === '' && depth < 2) {
    const texts = error.errors.slice(0, 5).map((inner) => plainErrorText(inner, depth + 1));
    return texts.join('; ') || 'AggregateError';
  }
  // Anything can stand there, and what is no text would go unmasked through all that is done to texts.
  const message: unknown = error.message;
  if (typeof message !== 'string') return `threw an error whose message is ${showValue(message)}`;
  return message || nameOf(error) || 'an error without a message';
}

function nameOf(error: { readonly name: unknown }): string {
  return typeof error.name === 'string' ? error.name : '';
}

function showObject(value: object): string {
  const plain = toPlainJson(value, { depth: 3, values: 20, text: MAX_SHOWN, total: MAX_SHOWN });
  return `${shorten(oneLine(JSON.stringify(plain)))} (${kindOf(value)})`;
}

/** The name of its class, where it has one. */
function kindOf(value: object): string {
  try {
    if (Array.isArray(value)) return 'array';
    const name: unknown = (Object.getPrototypeOf(value) as object | null)?.constructor.name;
    return typeof name === 'string' && /^(?!Object$)\w{1,60}$/.test(name) ? name : 'object';
  } catch {
    return 'object';
  }
}
