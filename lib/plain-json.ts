import { types } from 'node:util';
import { adoptPromise } from './adopt-promise.js';
import { namesSecret, REDACTED, redactText } from './redaction.js';

/** How much of a value is copied; what lies past a limit is marked with `…`. */
export interface PlainJsonLimits {
  /** Levels of nesting. */
  readonly depth: number;
  /** Values in all. */
  readonly values: number;
  /** Characters of one string. */
  readonly text: number;
  /** Characters of all strings and keys. */
  readonly total: number;
}

/** Enough to diagnose with, little enough for a probe's answer. */
export const DETAILS_LIMITS: PlainJsonLimits = {
  depth: 6,
  values: 200,
  text: 1_000,
  total: 8_000,
};

const CUT = '…';

/**
 * Copies a value of any kind into plain JSON: bounded, secrets masked, nothing shared with the original, so that what
 * a check returns can be served as it was at that moment. Never throws: what cannot be read says so in its place.
 */
export function toPlainJson(value: unknown, limits: PlainJsonLimits = DETAILS_LIMITS): unknown {
  return new PlainCopy(limits).copy(value, 0);
}

/** Writing out a larger one takes longer than anybody waits. */
const MAX_BIGINT = 10n ** 1_000n;

/** A bigint in digits, if it has not too many. */
export function bigintText(value: bigint): string {
  return -MAX_BIGINT < value && value < MAX_BIGINT ? String(value) : '[bigint]';
}

class PlainCopy {
  readonly #path = new Set<object>();
  #left: number;
  #charactersLeft: number;

  constructor(readonly limits: PlainJsonLimits) {
    this.#left = limits.values;
    this.#charactersLeft = limits.total;
  }

  copy(value: unknown, depth: number): unknown {
    if (this.#left-- <= 0) return CUT;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'bigint':
        return bigintText(value);
      case 'object':
        return value === null ? null : this.#object(value, depth);
      case 'undefined':
        return null;
      default:
        return `[${typeof value}]`;
    }
  }

  /** Reads little more than it keeps; what a secret at the end needs to be recognised comes on top. */
  #text(text: string): string {
    const room = this.#room();
    return room === 0 ? CUT : this.#cut(redactText(text, room + 500));
  }

  #room(): number {
    return Math.max(0, Math.min(this.limits.text, this.#charactersLeft));
  }

  #cut(text: string): string {
    const room = this.#room();
    this.#charactersLeft -= text.length;
    return text.length > room ? text.slice(0, room) + CUT : text;
  }

  #object(value: object, depth: number): unknown {
    if (this.#path.has(value)) return '[circular]';
    if (depth >= this.limits.depth) return CUT;
    this.#path.add(value);
    try {
      if (types.isPromise(value)) {
        adoptPromise(value);
        return '[promise]';
      }
      if (value instanceof Date) return this.copy(value.toJSON(), depth);
      if (value instanceof Error) return this.#text(`${value.name}: ${value.message}`);
      if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
      if (value instanceof Map) return this.#map(value, depth);
      if (value instanceof Set) return this.#list(value, depth);
      return Array.isArray(value) ? this.#list(value, depth) : this.#record(value, depth);
    } catch {
      return '[unreadable]';
    } finally {
      this.#path.delete(value);
    }
  }

  /** A map with names for keys is shown as the object that it stands for. */
  #map(map: ReadonlyMap<unknown, unknown>, depth: number): unknown {
    const entries: (readonly [unknown, unknown])[] = [];
    for (const entry of map) {
      if (entries.push(entry) > this.#left) break;
    }
    const named = entries.every(([key]) => typeof key === 'string');
    return named ? this.#record(Object.fromEntries(entries), depth) : this.#list(entries, depth);
  }

  #list(values: Iterable<unknown>, depth: number): unknown[] {
    const copies: unknown[] = [];
    for (const value of values) {
      if (this.#left <= 0) copies.push(CUT);
      else copies.push(followsItsName(values, copies) ? REDACTED : this.copy(value, depth + 1));
      if (copies.at(-1) === CUT && this.#left <= 0) break;
    }
    return copies;
  }

  #record(value: object, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (const key of Object.keys(value)) {
      if (this.#left <= 0) {
        entries.push([CUT, CUT]);
        break;
      }
      const copy = this.#property(value, key, depth);
      if (copy !== undefined) entries.push([this.#cut(redactText(key, 500)), copy]);
    }
    // Not assignment: a key named `__proto__` must stay a key.
    return Object.fromEntries(entries);
  }

  #property(owner: object, key: string, depth: number): unknown {
    try {
      const value: unknown = Reflect.get(owner, key);
      if (value === undefined) return undefined;
      if (value !== null && (namesSecret(key) || isNamedBeside(owner, key))) return REDACTED;
      return this.copy(value, depth + 1);
    } catch {
      return '[unreadable]';
    }
  }
}

/** `{ name: 'password', value: … }`, in the ways that this is written. */
function isNamedBeside(owner: object, key: string): boolean {
  if (key === 'args') return ['auth', 'hello'].includes(String(Reflect.get(owner, 'name')));
  if (key !== 'value') return false;
  return ['name', 'key', 'property'].some((naming) => {
    const name: unknown = Reflect.get(owner, naming);
    return typeof name === 'string' && namesSecret(name);
  });
}

/** `['password', …]`, also as one pair of several, and `--password` among the arguments of a command. */
function followsItsName(values: Iterable<unknown>, before: readonly unknown[]): boolean {
  const name = before.at(-1);
  if (typeof name !== 'string' || !namesSecret(name)) return false;
  const ofPairs = Array.isArray(values) && values.length % 2 === 0 && before.length % 2 === 1;
  return ofPairs || name.startsWith('-');
}
