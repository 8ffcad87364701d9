const MASK = '[redacted]';

/** The words by which a key names a secret, at its end. */
const SECRET_KEY =
  /(?:pass(?:word|wd|phrase)?s?|pwd|secrets?|tokens?|(?:^|[_.-])(?:auth|jwt|bearer|dsn|cookies?)|(?:api|access|private|secret|account)[_.-]?keys?|credentials?|authorization|(?:password|secret|token)[_.-](?:hash|value)|session[_.-]?id)$/i;

/** camelCase to snake_case, so that one pattern reads `clientSecret` and `client_secret`. */
const snake = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

/** Longest text that is searched for secrets; the rest is cut, so that a search always ends soon. */
const MAX_TEXT = 20_000;

/** In this order: what a URL carries, what a header carries, what stands behind a telling name, what shows itself. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,10000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
    MASK,
  ],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#:@]{0,200}(?::[^\s@]{0,500})?@/gi, `$1${MASK}@`],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,3}[=:])[^\r\n]{1,2000}/gi,
    `$1$2 ${MASK}`,
  ],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  [/\beyJ[\w-]{5,500}\.[\w-]{5,}(?:\.[\w-]*)?/g, MASK],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
  [/\b(?:gh[pousr]_|github_pat_|xox[abprs]-|sk-|sk_(?:live|test)_|glpat-)[\w-]{16,500}/g, MASK],
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|private|account)[_-]?key)["']?\s{0,3}[=:]\s{0,3}|(?<![a-z])(?:key|sig)=)("(?:\\.|[^"\\]){0,500}"|'(?:\\.|[^'\\]){0,500}'|(?!\[redacted\])[^\s,;&"'})\]]{1,500})/gi,
    `$1${MASK}`,
  ],
];

/**
 * Masks secrets in a text: credentials in URLs and connection strings, bearer tokens, JWTs, well-known API keys,
 * PEM private keys, and what stands behind `password=`, `token:` and their like. Text past 20,000 characters is cut.
 */
export function redactText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return SECRETS.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), bounded);
}

/** Says whether a key names a secret (`password`, `api_key`, `clientSecret`), so that its value is not for showing. */
export function namesSecret(key: string): boolean {
  return SECRET_KEY.test(snake(key.slice(0, 200)));
}

/** What stands in place of a value that is not for showing. */
export const REDACTED: string = MASK;
