import { describe, expect, it } from 'vitest';
import { KnownSecrets, secretsOf } from '../../../lib/sentry/scrubbing/known-secrets.js';

const DSN = 'https://0123456789abcdef@sentry.example/1';

/** A text that holds the value, as it is shown. */
const shown = (environment: Record<string, string>, value: string, dsn?: string): string =>
  secretsOf(environment, dsn).mask(`it was ${value}, again`);

describe('the value of a variable', () => {
  it.each([
    ['named like a secret', { DB_PASSWORD: 'Tr0ub4dor&3' }, 'Tr0ub4dor&3'],
    ['with signs of patterns', { API_TOKEN: '(a+)+$[b]{2}\\' }, '(a+)+$[b]{2}\\'],
    ['percent-encoded', { API_TOKEN: 'a b/c d=e' }, 'a%20b%2Fc%20d%3De'],
    ['in JSON', { API_TOKEN: 'a"b\nc"d!' }, 'a\\"b\\nc\\"d!'],
    ['of several lines', { PRIVATE_KEY: 'line one\nline two' }, 'line one\nline two'],
    ['a password of a URL', { DATABASE_URL: 'postgres://shop:Gr33nrabbit@db/x' }, 'Gr33nrabbit'],
    ['an encoded one', { DATABASE_URL: 'postgres://shop:Gr33n%2Frabbit@db/x' }, 'Gr33n/rabbit'],
    ['a token of a URL', { REMOTE: 'https://t0k3nt0k3n@git.example/x' }, 't0k3nt0k3n'],
    [
      'longer than another that begins alike',
      { A_TOKEN: 'abcd1234', B_TOKEN: 'abcd1234efgh' },
      'abcd1234efgh',
    ],
  ])('is masked: %s', (_, environment, value) => {
    expect(shown(environment, value)).toBe('it was [redacted], again');
  });

  it.each([
    ['of an ordinary name', { GREETING: 'Tr0ub4dor&3' }, 'Tr0ub4dor&3'],
    ['too short', { DB_PASSWORD: 'short1!' }, 'short1!'],
    ['a word', { SESSION_SECRET: 'development' }, 'development'],
    ['two words', { AUTH_TOKEN: 'client_credentials' }, 'client_credentials'],
    ['a path', { DB_PASSWORD: '/run/secrets/db_password' }, '/run/secrets/db_password'],
    ['a port', { SECRET: '54321' }, '54321'],
    ['a number', { SECRET: '123456789' }, '123456789'],
    ['a URL without a password', { SECRET: 'https://vault.example/x' }, 'https://vault.example/x'],
    ['the user of a URL', { DATABASE_URL: 'postgres://shopkeeper9:pw@db/x' }, 'shopkeeper9'],
  ])('stays: %s', (_, environment, value) => {
    expect(shown(environment, value)).toContain(value);
  });
});

describe('the DSN', () => {
  it('is masked, and its key alone', () => {
    expect(shown({}, DSN, DSN)).toBe('it was [redacted], again');
    expect(shown({}, '0123456789abcdef', DSN)).toBe('it was [redacted], again');
  });

  it('masks no word that its key happens to be', () => {
    expect(shown({}, 'the key', 'http://key@localhost/1')).toContain('the key');
  });
});

describe('a text that is cut', () => {
  it('ends before a secret that the cut goes through', () => {
    expect(new KnownSecrets(['Tr0ub4dor&3']).cut('say Tr0ub4dor&3', 10)).toBe('say ');
  });

  it('ends where it is cut otherwise', () => {
    expect(new KnownSecrets(['Tr0ub4dor&3']).cut('say hello', 7)).toBe('say hel');
  });
});

describe('secrets', () => {
  it('are read in a bounded number', () => {
    const environment = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [`T${i}_TOKEN`, `value-${i}-x9`]),
    );
    const known = secretsOf(environment, undefined);
    const masked = Object.values(environment).filter((value) =>
      known.mask(value).includes('[redacted]'),
    );

    expect(masked.length).toBeGreaterThanOrEqual(50);
    expect(masked.length).toBeLessThan(200);
  });

  it('may be none', () => {
    expect(secretsOf({}, undefined).mask('as it is')).toBe('as it is');
  });
});
