import { types } from 'node:util';
import { toPlainJson, type PlainJsonLimits } from '../../plain-json.js';
import { namesSecret, REDACTED, redactText } from '../../redaction.js';
import type { KnownSecrets } from './known-secrets.js';

/** Longer than what Sentry shows. */
const MAX_TEXT = 10_000;

/** Characters that are searched for one event, and what a search costs apart from them: some 20 ms in all. */
const MAX_SEARCHED = 200_000;
const PER_SEARCH = 100;

const MAX_VALUES = 20_000;
const MAX_DEPTH = 10;

/** For what is no plain data: the SDK has made it plain before, unless it was told not to. */
const STRANGE: PlainJsonLimits = { depth: 6, values: 500, text: 5_000, total: 20_000 };

/** The same texts come again with each event: names, routes, source lines. */
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_TEXT = 1_500;

const CUT = '…';

const MASK_OF_SDK = '[Filtered]';

/** Attributes of spans that hold one cookie each. */
const OF_COOKIE = /(?:^|[._-])cookies?[._-]/i;

/** Secrets in a query whose names mean something harmless elsewhere. */
const IN_QUERY =
  /([?&](?:auth|session|sid|sso|code|state|saml_?\w{0,12}|assertion)=)(?!\[redacted\])[^&#\s"'<>]+/gi;

/** Masks texts and copies values, within limits that hold for one event at a time. */
export class MaskedCopy {
  /** In which nothing was found, so that no secret is kept. */
  readonly #harmlessTexts = new Set<string>();
  readonly #harmlessKeys = new Set<string>();
  #charactersLeft = 0;
  #valuesLeft = 0;

  constructor(private readonly secrets: KnownSecrets) {}

  /** Starts the next event: what the one before has used up is there again. */
  begin(): void {
    this.#charactersLeft = MAX_SEARCHED;
    this.#valuesLeft = MAX_VALUES;
  }

  text(text: string): string {
    if (this.#harmlessTexts.has(text)) return text;
    if (this.#charactersLeft <= 0) return CUT;
    const most = Math.min(MAX_TEXT, this.#charactersLeft);
    this.#charactersLeft -= PER_SEARCH + Math.min(text.length, most);
    const kept = text.length > most ? this.secrets.cut(text, most) + CUT : text;
    const masked = this.#masked(kept);
    if (masked === text && text.length <= MAX_REMEMBERED_TEXT) remember(this.#harmlessTexts, text);
    return masked;
  }

  value(value: unknown, depth = 0): unknown {
    if (this.#valuesLeft-- <= 0) return CUT;
    if (typeof value === 'string' || types.isStringObject(value)) return this.text(String(value));
    if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return value;
    if (depth > MAX_DEPTH) return CUT;
    if (isList(value) && !this.#hasNames(value)) return this.#list(value, depth);
    if (isPlain(value) && !('value' in value) && !('args' in value)) {
      return this.#record(value, depth);
    }
    this.#charactersLeft -= STRANGE.total;
    return this.#charactersLeft > 0 ? this.#known(toPlainJson(value, STRANGE)) : CUT;
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    const copies = list.slice(0, this.#valuesLeft).map((item) => this.value(item, depth + 1));
    return copies.length < list.length ? [...copies, CUT] : copies;
  }

  #record(record: Readonly<Record<string, unknown>>, depth: number): unknown {
    const entries: [string, unknown][] = [];
    for (const key of Object.keys(record)) {
      if (this.#valuesLeft <= 0) break;
      const copy = this.#property(record, key, depth);
      if (copy !== undefined) entries.push([this.text(key), copy]);
    }
    // Not assignment: a key named `__proto__` must stay a key.
    return Object.fromEntries(entries);
  }

  #property(record: Readonly<Record<string, unknown>>, key: string, depth: number): unknown {
    try {
      const value = record[key];
      if (value === undefined || value === null) return value;
      if (this.#isHarmless(key)) return this.value(value, depth + 1);
      this.#valuesLeft -= 1;
      return REDACTED;
    } catch {
      return '[unreadable]';
    }
  }

  /** `['password', …]` */
  #hasNames(list: readonly unknown[]): boolean {
    const some = list.slice(0, this.#valuesLeft);
    return some.some((item) => typeof item === 'string' && !this.#isHarmless(item));
  }

  #isHarmless(key: string): boolean {
    if (this.#harmlessKeys.has(key)) return true;
    if (this.#charactersLeft <= 0) return false;
    this.#charactersLeft -= PER_SEARCH;
    if (namesSecret(key) || OF_COOKIE.test(key)) return false;
    if (key.length <= MAX_REMEMBERED_TEXT) remember(this.#harmlessKeys, key);
    return true;
  }

  #masked(text: string): string {
    const known = this.secrets.mask(text).replaceAll(MASK_OF_SDK, REDACTED);
    return redactText(known).replace(IN_QUERY, `$1${REDACTED}`);
  }

  /** What a plain copy still tells: it was searched for secrets that show themselves only. */
  #known(value: unknown): unknown {
    if (typeof value === 'string') return this.secrets.mask(value);
    if (Array.isArray(value)) return value.map((item) => this.#known(item));
    if (!isPlain(value)) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item]) => [this.secrets.mask(key), this.#known(item)]),
    );
  }
}

function remember(texts: Set<string>, text: string): void {
  if (texts.size >= MAX_REMEMBERED) texts.clear();
  texts.add(text);
}

const isList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && !types.isProxy(value);

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
