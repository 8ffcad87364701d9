import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlainJson } from '../../lib/plain-json.js';
import { redactText } from '../../lib/redaction.js';
import { errorText, oneLine, showValue } from '../../lib/show-value.js';
import { HARMLESS, LEAKS, TOKENS } from '../fixtures/driver-messages.js';

/** A secret as it stands in JSON is as good as the secret. */
const inJson = (secret: string): string => JSON.stringify(secret).slice(1, -1);

const WAYS: readonly (readonly [string, (message: string) => string])[] = [
  ['as it is', redactText],
  ['as the message of an error', (message) => errorText(new Error(message))],
  ['in details', (message) => JSON.stringify(toPlainJson({ message }))],
  ['shown as a value', showValue],
  ['in JSON', (message) => redactText(JSON.stringify({ message }))],
  ['in JSON in JSON', (message) => redactText(JSON.stringify(JSON.stringify({ message })))],
  ['percent-encoded', (message) => redactText(`/log?message=${encodeURIComponent(message)}&n=1`)],
];

describe.each(LEAKS)('what $from says', ({ message, secrets, stays }) => {
  it.each(WAYS)('shows no secret %s', (_, show) => {
    const shown = show(message);
    for (const secret of secrets) {
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(inJson(secret));
      expect(shown).not.toContain(encodeURIComponent(secret));
    }
  });

  it('still says what failed', () => {
    for (const kept of stays) expect(redactText(message)).toContain(kept);
  });

  it('still says so as the message of an error', () => {
    for (const kept of stays) expect(errorText(new Error(message))).toContain(oneLine(kept));
  });

  it('still says so in JSON', () => {
    const shown = redactText(JSON.stringify({ message }));
    for (const kept of stays) expect(shown).toContain(inJson(kept));
  });
});

describe('a token of a well-known issuer', () => {
  it.each(TOKENS)('is known by its form: %s', (token) => {
    expect(redactText(`refused ${token} today`)).toBe('refused [redacted] today');
    expect(redactText(`{"with":"${token}"}`)).toBe('{"with":"[redacted]"}');
    expect(redactText(`/?a=${token}&b=1`)).toBe('/?a=[redacted]&b=1');
  });
});

describe('a message without a secret', () => {
  it.each(HARMLESS)('%s', (message) => {
    expect(redactText(message)).toBe(message);
    expect(errorText(new Error(message))).toBe(message);
    expect(toPlainJson({ message })).toEqual({ message });
    expect(redactText(JSON.stringify({ message }))).toBe(JSON.stringify({ message }));
    expect(redactText(encodeURIComponent(message))).toBe(encodeURIComponent(message));
  });
});

describe('the messages', () => {
  it('are many', () => {
    expect(LEAKS.length).toBeGreaterThanOrEqual(110);
    expect(HARMLESS.length).toBeGreaterThanOrEqual(25);
  });

  it('hold their secrets, and what stays, before they are shown', () => {
    for (const { message, secrets, stays } of LEAKS) {
      expect(secrets.length, message).toBeGreaterThan(0);
      for (const part of [...secrets, ...stays]) expect(message).toContain(part);
    }
  });
});

const PRINTABLE = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));

/** Two words that no message holds by chance, so that half a password is noticed too. */
const MARKS = ['Q7canaryA', 'Q7canaryB'];

/** Passwords of any printable characters but some. */
function passwords(illegal: string, ...more: readonly string[]): fc.Arbitrary<string> {
  const legal = PRINTABLE.filter((character) => !illegal.includes(character));
  const part = fc.string({ unit: fc.constantFrom(...legal, ...more), maxLength: 8 });
  return fc
    .tuple(part, part, part)
    .map(([start, middle, end]) => [start, MARKS[0], middle, MARKS[1], end].join(''));
}

const ANY = passwords('', ' ', 'é', '日', '\n');
const IN_COOKIE = passwords('\\;,"', 'é', '日');
/** What would end a URL in a text; `://` in a password is beyond telling. */
const IN_URL = passwords('"\'`<>\\').filter((password) => !password.includes('://'));
/** What would end a value without quotation marks, or begin the next pair. */
const BARE = passwords('"\'`\\=:');
const WORDS = fc.array(passwords('"\'`\\=;'), { minLength: 1, maxLength: 3 });
const BASE64 = fc.base64String({ minLength: 8 }).map((text) => `${MARKS[0]}${text}`);
const QUERY = ANY.map(encodeURIComponent);

const SENTENCES: readonly (readonly [string, fc.Arbitrary<string>])[] = [
  ['a database URL', IN_URL.map((pw) => `refused postgres://app:${pw}@db:5432/shop again`)],
  ['a URL without a user', IN_URL.map((pw) => `refused redis://:${pw}@cache:6379/0`)],
  ['several hosts', IN_URL.map((pw) => `refused mongodb://app:${pw}@m1:27017,m2:27017/shop`)],
  ['an encoded URL', QUERY.map((pw) => `refused postgres://app:${pw}@db:5432/shop again`)],
  ['an encoded web URL', QUERY.map((pw) => `refused "https://app:${pw}@api:443/x@1" again`)],
  ['an encoded URL in a query', QUERY.map((pw) => `/?u=${encodeURIComponent(`amqp://a:${pw}@r`)}`)],
  ['a query', QUERY.map((pw) => `GET /v1?api_key=${pw}&page=2 failed`)],
  ['a form in a query', QUERY.map((pw) => `/?q=${encodeURIComponent(`a=1&password=${pw}&b=2`)}`)],
  ['JSON', ANY.map((password) => `400 ${JSON.stringify({ password, user: 'app' })}`)],
  ['JSON in JSON', ANY.map((token) => JSON.stringify(JSON.stringify([{ token, user: 'app' }])))],
  ['JSON in a query', ANY.map((secret) => `/?q=${encodeURIComponent(JSON.stringify({ secret }))}`)],
  ['an inspected object', ANY.map((clientSecret) => inspect({ clientSecret, user: 'app' }))],
  ['an inspected list', ANY.map((pw) => inspect({ token: ['x', pw], user: 'app' }))],
  ['an inspected part', ANY.map((pw) => inspect({ secret: { value: pw }, user: 'app' }))],
  ['an inspected Map', ANY.map((pw) => inspect(new Map([['x-api-key', pw]])))],
  ['inspected headers', ANY.map((pw) => inspect({ headers: { authorization: pw, host: 'api' } }))],
  ['raw headers', IN_COOKIE.map((pw) => `GET / HTTP/1.1\r\nCookie: sid=${pw}\r\nHost: api`)],
  ['a bearer', BASE64.map((pw) => `upstream rejected Bearer ${pw} with 401`)],
  ['a DSN of libpq', BARE.map((pw) => `host=db password=${pw} dbname=shop`)],
  [
    'a quoted DSN',
    ANY.map((pw) => `password='${pw.replaceAll(/['\\]/g, String.raw`\$&`)}' host=db`),
  ],
  ['ADO', WORDS.map((pw) => `Server=db;User Id=sa;Password=${pw.join(' ')};Encrypt=true`)],
  [
    'quoted ADO',
    ANY.map((pw) => `Server=db;Password="${pw.replaceAll('"', '""').replaceAll('\\', '')}";X=1`),
  ],
  [
    'SQL',
    ANY.map((pw) => `CREATE USER a PASSWORD '${pw.replaceAll("'", "''").replaceAll('\\', '')}'`),
  ],
  ['an environment', BARE.map((pw) => `DB_HOST=db\nDB_PASSWORD=${pw}\nDB_PORT=5432`)],
  ['an argument', BARE.map((pw) => `Command failed: backup --password=${pw} --host=db`)],
  ['two arguments', passwords('"\'`\\=:-').map((pw) => `backup --password ${pw} --host db`)],
  ['XML', passwords('<&').map((pw) => `<user>app</user><password>${pw}</password>`)],
];

describe('a made-up password', () => {
  it.each(SENTENCES)('in %s is not shown', (_, sentences) => {
    fc.assert(
      fc.property(sentences, (sentence) => {
        const shown = redactText(sentence);
        for (const mark of MARKS) expect(shown).not.toContain(mark);
      }),
      { numRuns: 60 },
    );
  });

  it.each(SENTENCES)('in %s is masked once for all', (_, sentences) => {
    fc.assert(fc.property(sentences, isMaskedOnce), { numRuns: 30 });
  });
});

describe('any text', () => {
  it('is masked once for all', () => {
    const pieces = LEAKS.flatMap(({ message }) => message.split(/(?<=[\s:=@"'])/));
    const texts = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })));
    fc.assert(
      fc.property(
        texts.map((parts) => parts.join('')),
        isMaskedOnce,
      ),
      { numRuns: 500 },
    );
    for (const { message } of LEAKS) isMaskedOnce(message);
  });
});

function isMaskedOnce(text: string): void {
  const shown = redactText(text);
  expect(redactText(shown)).toBe(shown);
}
