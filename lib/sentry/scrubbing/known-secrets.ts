import { namesSecret, REDACTED } from '../../redaction.js';

/** A shorter value is too likely to be a part of something else. */
const MIN_LENGTH = 8;
const MAX_LENGTH = 4_096;
const MAX_VARIABLES = 1_000;
const MAX_SECRETS = 50;

/** What may be known of a secret at the end of a text that was cut. */
const MIN_REMAINDER = 4;

/** Values that stand behind the name of a secret and are none: words, numbers, paths. */
const ORDINARY = [
  /^(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15})(?:[-_. ](?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15}))?$/,
  /^\d{1,9}$/,
  /^(?:~|\.{0,2})(?:\/[\w.@-]{1,24})+\/?$/,
  /^[a-z]:\\[\w\\ .@-]+$/i,
];

/** Masks the values that this process is known to keep secret, wherever they stand. */
export class KnownSecrets {
  readonly #pattern: RegExp | undefined;
  readonly #forms: readonly string[];

  /** @param values each is masked as it is, percent-encoded, and as it stands in JSON. */
  constructor(values: readonly string[]) {
    const forms = values.flatMap((value) => [value, encoded(value), inJson(value)]);
    this.#forms = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
    if (this.#forms.length > 0) this.#pattern = new RegExp(this.#forms.map(literal).join('|'), 'g');
  }

  /** The text without what is known to be secret. */
  mask(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, REDACTED);
  }

  /** The beginning of a text, without a secret that the cut went through. */
  cut(text: string, length: number): string {
    const kept = text.slice(0, length);
    const remainders = this.#forms.map((form) => remainderOf(form, kept));
    return kept.slice(0, kept.length - Math.max(0, ...remainders));
  }
}

/** The values of variables that are named like secrets, the passwords in URLs, and what the DSN tells. */
export function secretsOf(environment: NodeJS.ProcessEnv, dsn: unknown): KnownSecrets {
  const variables = Object.entries(environment).slice(0, MAX_VARIABLES);
  const found = variables.flatMap(([name, value = '']) => {
    if (value.length > MAX_LENGTH) return [];
    return isUrl(value) ? passwordsIn(value) : namesSecret(name) ? [value] : [];
  });
  const telling = [...new Set(found)].filter((value) => isTelling(value)).slice(0, MAX_SECRETS);
  if (typeof dsn !== 'string' || dsn.length < MIN_LENGTH) return new KnownSecrets(telling);
  return new KnownSecrets([
    dsn,
    ...passwordsIn(dsn).filter((value) => isTelling(value)),
    ...telling,
  ]);
}

function isTelling(value: string): boolean {
  return value.length >= MIN_LENGTH && !ORDINARY.some((ordinary) => ordinary.test(value));
}

const isUrl = (text: string): boolean => /^[a-z][a-z\d+.-]*:\/\//i.test(text);

/** The password; a user without one is a token, or the key of a DSN. */
function passwordsIn(url: string): readonly string[] {
  const userInfo = /^[^/]*:\/\/([^/?#]*)@/.exec(url)?.[1];
  if (userInfo === undefined) return [];
  const colon = userInfo.indexOf(':');
  const password = colon < 0 ? userInfo : userInfo.slice(colon + 1);
  return [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** How many characters at the end of a text a secret could begin with. */
function remainderOf(secret: string, text: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length >= MIN_REMAINDER; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
