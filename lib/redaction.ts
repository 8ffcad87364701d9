const MASK = '[redacted]';

/** Longest text that is searched for secrets; the rest is cut, so that a search always ends soon. */
const MAX_TEXT = 20_000;

/** A part of a pattern, in several lines: white space in it means nothing. A back-tick is written `\x60`. */
const part = (strings: TemplateStringsArray, ...parts: readonly string[]): string =>
  String.raw(strings, ...parts).replaceAll(/\s/g, '');

const anyCase = (strings: TemplateStringsArray, ...parts: readonly string[]): RegExp =>
  new RegExp(part(strings, ...parts), 'gi');

const exactCase = (strings: TemplateStringsArray, ...parts: readonly string[]): RegExp =>
  new RegExp(part(strings, ...parts), 'g');

/** With these words before it a `key` opens something; with others (`cache_key`) it says where something is. */
const KEY_OF = part`(?:api|app|access|account|admin|auth|client|consumer|deploy|(?:en|de)crypt(?:ion)?|hmac|jwt|
  licen[cs]e|master|private|rsa|secret|service|session|shared|sign(?:ing|ature)?|ssh|ssl|subscription|tls|webhook|
  anthropic|clickhouse|mailgun|openai|sendgrid|stripe)`;

/** How the name of a secret ends, whatever it begins with. */
const NAME = part`(?:pass(?:word|wd|phrase|code)|pass(?<!bypass|compass|surpass|trespass)|pwd|secret|token|
  ${KEY_OF}[\x20_.-]?key|sess(?:ion)?[_.-]?id)`;

/** What such a name may have at its end without meaning something else. */
const VARIANT = part`(?:[_.-]?(?:hash|value|base|confirm(?:ation)?|old|new|prod|\d{1,2}))?`;

/** Names that prose uses for other things: they count before `=` only, or before a quoted text only. */
const NAME_BEFORE_EQUALS = part`(?:(?<![\w-])(?:key|sig|_?auth|jwt|hmac|otp)|signature|credentials?|csrf|connect\.sid)`;
const NAME_BEFORE_QUOTED = part`(?:(?<![\w-])(?:_?auth|jwt|otp)|signature|credentials?)`;

/** A quotation mark, also the escaped one of JSON within JSON. */
const MARK = part`(?:\\{0,7}["'\x60])`;

/** A quotation mark that ends nothing, since what follows goes on. */
const INNER_MARK = part`["'\x60](?!\){0,9}(?:[\s,;:\]}<>\\]|$))`;

/** The name in `name:password@`. */
const USER = part`[^\s/?#:@"'\x60<>[\]]*`;

/** From a quotation mark to the next of its kind, or to the end of the text. */
const PLAIN_QUOTED = part`
  "[^"\\]*(?:(?:\\[^]|"")[^"\\]*)*(?:"|\\?$)|
  '[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*(?:'|\\?$)|
  \x60[^\x60]*(?:\x60|$)`;
const QUOTED = part`(?:${PLAIN_QUOTED}|
  (?<slashes>\\{1,7})(?<mark>["'\x60])[^]*?(?:(?<!\\)(?:\k<slashes>)?\k<mark>|$))`;

/** What may stand in a list or an object before it ends. */
const ITEMS = part`${PLAIN_QUOTED}|\\{1,7}["'\x60](?:[^\\]|\\(?!\\{0,6}["'\x60]))*(?:\\{1,7}["'\x60]|\\?$)`;
const LIST = part`\[(?=\s{0,9}${MARK})(?:${ITEMS}|[^\]])*(?:\]|$)`;
const OBJECT = part`\{(?=\s|${MARK})(?:${ITEMS}|[^}])*(?:\}|$)`;

/** Up to white space; a comma and its like end it only where something new begins after them. */
const BARE = part`(?:
  [^\s,;&"'\x60)\]}\\]|
  [,;&)\]}]{1,20}(?=[^\s,;&"'\x60)\]}\\]|${INNER_MARK})(?!${MARK}?[\w.$-]{1,40}${MARK}?\s?[=:])|
  ${INNER_MARK}|
  \\(?!\\{0,6}["'\x60])(?!\\{0,6}[nr](?:\s|\\{1,7}[nr]|$|[\w.-]{1,40}\s?[=:])))+`;

/** What stands behind the name of a secret; not what says that there is none. */
const VALUE = part`(?![=>]{0,3}\s{0,3}\[redacted\]|(?:yes|no|true|false|null|undefined|none|\[\]|\{\})[,;)\]}]{0,9}(?:\s|$|${MARK}))(?:
  ${QUOTED}(?:(?=[\w%!~*(@$^+-]|[.)\]}]{1,9}[\w%])${BARE})?|
  ${LIST}|
  ${OBJECT}|
  \{[^}\r\n]{1,200}\}(?=;?$|;\s|;[a-z][a-z\x20]{1,40}=|["'])|
  [^\s;="'\x60]{1,60}(?:[\x20\t]{1,3}[^\s;="'\x60]{1,60}){0,6}(?=;\s?[a-z][a-z\x20]{1,40}=)|
  ${BARE})`;

/** Tokens whose form alone tells what they are, one issuer a line. */
const TOKENS = [
  part`eyJ(?:(?![_-]eyJ)[\w-]){5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}`, // JSON Web Token
  part`(?:AKIA|ASIA)[A-Z0-9]{16}`, // AWS access key id
  part`AIza[\w-]{30,}|ya29\.[\w.-]{10,}|GOCSPX-[\w-]{20,}`, // Google
  part`[\w~.-]{3}\dQ~[\w~.-]{31,}`, // Azure client secret
  part`gh[pousr]_\w{16,}|github_pat_\w{16,}`, // GitHub
  part`gl(?:pat|dt|rt|cbt|ptt|ft|agent|soat)-[\w.-]{16,}`, // GitLab
  part`xox[abeoprs](?:\.xox[bp])?-[\w-]{10,}|xapp-[\w-]{10,}`, // Slack
  part`npm_[A-Za-z0-9]{36}|pypi-[\w-]{16,}|dckr_pat_[\w-]{16,}`, // npm, PyPI, Docker
  part`(?:sk|rk)_(?:live|test)_\w{10,}|whsec_[\w+/=]{16,}`, // Stripe
  part`sk-[\w-]{16,}`, // OpenAI, Anthropic
  part`SG\.[\w-]{16,}\.[\w-]{16,}`, // SendGrid
  part`key-[0-9a-f]{32}`, // Mailgun
  part`SK[0-9a-f]{32}`, // Twilio
  part`do[opr]_v1_[0-9a-f]{32,}`, // DigitalOcean
  part`\d{8,12}:AA[\w-]{30,}`, // Telegram
  part`hv[bsr]\.[\w-]{20,}`, // Vault
  part`(?:sntry[su]|hf|lin_api|glsa|sbp|sb_secret|pscale_(?:tkn|pw)|shp(?:at|ca|pa|ss))_[\w=+/-]{20,}`, // by prefix
  part`S[UAONC][A-Z2-7]{56}`, // NATS seed
].join('|');

/** What is put behind `$1`, which is what says that a secret follows. */
const BEHIND = `$1${MASK}`;

const WEB = part`\b(?:https?|wss?):\/\/`;

/**
 * The kinds of secrets: how one is found and what is shown instead. They are looked for in this order.
 *
 * So that the time stays in proportion to the text, no pattern may read far and then fail: what can be long ends well
 * wherever it stops, or stops where the next attempt begins, or has an upper limit.
 */
const KINDS: readonly (readonly [pattern: RegExp, shown: string])[] = [
  // Blocks in PEM form, cut short or not, with `\n` written out or not; and in base64, as Kubernetes has them.
  [
    exactCase`-{4,5}\x20?BEGIN[\x20+A-Z0-9%]{1,60}?-{4,5}(?=[\s\\\w%+/])(?:(?!-{4})[^])*
      (?:-{4,5}\x20?END[\x20+A-Z0-9%]{1,60}?-{4,5})?|
      LS0tLS1CRUdJTi[\w+/=]*`,
    MASK,
  ],

  // URLs. `https://user:password@host`; a port is not the beginning of a password.
  [
    anyCase`(${WEB})(?:
      ${USER}:(?!\d{1,5}(?:[/?#]|$|(?!${INNER_MARK})["'\x60]))(?:(?!:\/\/)(?:[^\s@"'\x60<>]|${INNER_MARK}))*@(?:${USER}@)*|
      (?:[^\s/?#@"'\x60<>]*@)+)`,
    `${BEHIND}@`,
  ],
  // `postgres://user:password@host`: signs that belong encoded often are not, so the last `@` counts.
  [
    anyCase`(:\/\/)(?<!${WEB})(?:
      ${USER}:(?!\d{2,5}(?:\/[\w-]*)?\?\w+=)(?:(?!:\/\/)(?:[^\s"'\x60<>]|${INNER_MARK}))*@|
      (?:[^\s/?#@"'\x60<>]*@)+)`,
    `${BEHIND}@`,
  ],
  // `user/password@//host` of Oracle, `user:password@tcp(host)` of Go, `user:password@host:port`.
  [
    anyCase`([/:])(?<=(?<![\w/@.%-])[\w.-]{1,60}[/:])(?:
      (?<=\/)[^\s/@"'\x60]{1,100}@(?=\/\/|[\w.-]{1,100}:\d{2,5}\/\w)|
      (?<=:)[^\s/"'\x60]{1,100}@(?=(?:tcp|unix)\(|[\w.-]{1,100}:\d{2,5}\b))`,
    `${BEHIND}@`,
  ],
  // The addresses of web hooks and bots are as good as a token.
  [
    anyCase`(hooks\.slack(?:-gov)?\.com\/[a-z]{1,20}\/|discord(?:app)?\.com\/api\/webhooks\/|
      webhook\.office\.com\/[a-z0-9]{1,20}\/|\/bot(?=\d{6,12}:))[^\s"'\x60<>)?]+`,
    BEHIND,
  ],

  // Headers in an object, `{ authorization: '…' }`; in a list, `['Authorization', '…']`.
  [
    anyCase`((?:authorization|cookie2?)${MARK}?\s{0,3}(?:=>|[=:])\s{0,3})(?:${QUOTED}|${LIST})`,
    BEHIND,
  ],
  [
    anyCase`(["'\x60](?:[\w-]{0,20}authorization|(?:set-)?cookie|x-[\w-]{1,40}(?:key|token|secret))${MARK},\s{0,9})${QUOTED}`,
    BEHIND,
  ],
  // In quotation marks, `-H 'Authorization: …'`; as a line.
  [
    anyCase`((?:authorization|cookie2?)(?<=(?<open>["'\x60])[\w-]{1,40}):)
      \s{0,3}(?!\[redacted\])(?:(?!\k<open>)[^\r\n])+`,
    `$1 ${MASK}`,
  ],
  [
    anyCase`((?:authorization|cookie2?)[=:])(?!\s{0,3}\[redacted\])
      (?:(?!\\{1,7}[nr](?:\\{1,7}[nr]|$|["'\x60]|[\w-]{1,40}:))[^\r\n])+`,
    `$1 ${MASK}`,
  ],
  // `Bearer …` and `Basic …` elsewhere, unless an ordinary word follows.
  [
    exactCase`\b([Bb]earer|[Bb]asic|BEARER|BASIC)\s{1,3}
      (?![A-Za-z]?[a-z]{0,15}(?:-[a-z]{1,15})*[.,:;!?]?(?:\s|$|["'\x60)])|(?:realm|error|scope|charset)=)[\w.~+/=-]{6,}`,
    `$1 ${MASK}`,
  ],

  // Tokens that show themselves.
  [exactCase`(?<![A-Za-z0-9])(?:${TOKENS})`, MASK],

  // What has a telling name: `password=…`, `"clientSecret": "…"`, `{ name: 'DB_PASSWORD', value: '…' }`.
  [
    anyCase`(
      ${NAME}${VARIANT}${MARK}?\]?
      (?:\s{0,3}(?:={1,3}>?|:)|(?:\s{0,3},\s{0,3}|(?:\s|\\{1,7}[nr]){1,12})${MARK}?value${MARK}?\s{0,3}[=:])\s{0,3}|
      ${NAME_BEFORE_EQUALS}=|
      ${NAME_BEFORE_QUOTED}${MARK}?\s{0,3}(?:=>|:)\s{0,3}(?=${MARK}))${VALUE}`,
    BEHIND,
  ],
  // `<password>…</password>`
  [anyCase`(<[\w.:-]{0,40}${NAME}>)(?!\[redacted\])[^<]+`, BEHIND],

  // What programs and servers are told. `--password …`; short options; SQL; `AUTH`; the same as ioredis shows it.
  [
    anyCase`(--[\w-]{0,40}?(?:pass(?:word|wd|phrase)?|secret|token|key)(?:${MARK},)?\s{1,3})(?!-)${VALUE}`,
    BEHIND,
  ],
  [
    exactCase`(\b(?:
      (?:mysql|mariadb)[\w-]{0,20}\s[^\r\n|;]{0,200}?\s-p|
      sshpass\s{1,3}-p\s{0,3}|
      (?:mongo\w{0,10}|docker\slogin)\s[^\r\n|;]{0,200}?-p\s{1,3}|
      redis-cli\s[^\r\n|;]{0,200}?-a\s{1,3}|
      ldap\w{1,10}\s[^\r\n|;]{0,200}?-w\s{1,3}|
      curl\s[^\r\n|;]{0,200}?(?:-u|--user)\s{1,3}["']?[^\s:"']{1,100}:))${VALUE}`,
    BEHIND,
  ],
  [
    anyCase`(\b(?:password|identified\s{1,5}(?:with\s{1,5}\S{1,40}\s{1,5})?by)\s{1,5})${QUOTED}`,
    BEHIND,
  ],
  [
    exactCase`(\bAUTH\s{1,3}(?:(?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5|default)\s{1,3})?)
      (?!\[redacted\]|(?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5|default)\b|[a-z]{1,15}[.,:;!?]?(?:\s|$|["'\x60)]))${VALUE}`,
    BEHIND,
  ],
  [
    anyCase`(\bname${MARK}?:\s?${MARK}(?:auth|hello)${MARK},\s{0,9}${MARK}?args${MARK}?:\s?)${LIST}`,
    BEHIND,
  ],
];

/** Names of which one says whether or how many, and the other names a secret. */
const NO_SECRET_KEY =
  /^(?:has|is|no|needs|requires|missing)_|(?:max|min|total|prompt|completion|input|output|remaining|available|cached|used)_tokens$/i;

const SECRET_KEY = anyCase`(?:${NAME}s?|(?:^|[_.-])(?:auth|jwt|bearer|dsn|cookies?|t?otp|[cx]srf|sig)|connect\.sid|
  signature|credentials?|authorization)${VARIANT}$`;

/**
 * Masks secrets in a text: credentials in URLs and connection strings, what stands behind `password=`, `token:` and
 * their like, bearer tokens, keys of well-known services and PEM blocks, also in JSON within JSON and percent-encoded.
 *
 * @param most of the text is searched, in characters; the rest is cut. A text is to be shortened after this, not before:
 * half a secret may not be known for one. @default 20,000
 */
export function redactText(text: string, most: number = MAX_TEXT): string {
  return maskEncoded(mask(text.length > most ? `${cut(text, most)}…` : text));
}

/** A URL that the cut goes through may have lost the sign by which its password would be known. */
function cut(text: string, most: number): string {
  const kept = text.slice(0, most);
  const lastWord = /\S*$/.exec(kept.slice(-1_000))?.[0] ?? '';
  const url = lastWord.lastIndexOf('://');
  return url < 0 ? kept : kept.slice(0, url - lastWord.length + 3);
}

function mask(text: string): string {
  return KINDS.reduce(
    // A test that fails costs a fraction of a replacement that finds nothing.
    (masked, [pattern, shown]) => (pattern.test(masked) ? masked.replace(pattern, shown) : masked),
    text,
  );
}

/** Reads what is percent-encoded as what it stands for; only where that shows a secret, it comes back changed. */
function maskEncoded(text: string, levels: number = 2): string {
  if (levels === 0 || !text.includes('%')) return text;
  return text.replaceAll(ENCODED, (encoded) => {
    const decoded = encoded.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    const masked = maskEncoded(mask(decoded), levels - 1);
    return masked === decoded ? encoded : masked.replaceAll(/[^\w.~!*()'[\]-]/g, encodeByte);
  });
}

const encodeByte = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

const ENCODED = /(?<![\w.~!*()'-])[\w.~!*()'-]*(?:%[0-9a-f]{2}[\w.~!*()'-]*)+/gi;

/** Says whether a key names a secret (`password`, `api_key`, `clientSecret`), so that its value is not for showing. */
export function namesSecret(key: string): boolean {
  const name = snake(key.slice(0, 200));
  return name.search(SECRET_KEY) >= 0 && !NO_SECRET_KEY.test(name);
}

/** camelCase to snake_case, so that one pattern reads `clientSecret` and `client_secret`. */
const snake = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

/** What stands in place of a value that is not for showing. */
export const REDACTED: string = MASK;
