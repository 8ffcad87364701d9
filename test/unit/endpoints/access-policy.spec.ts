import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { accessPolicy, type Admission } from '../../../lib/endpoints/access-policy.js';
import type { AccessOption } from '../../../lib/endpoints/endpoints.types.js';

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  return { ...crypto, timingSafeEqual: vi.fn<typeof timingSafeEqual>(crypto.timingSafeEqual) };
});

const compared = vi.mocked(timingSafeEqual);

const TOKEN = 'f3a9.Zq-_~+/b7==';

/** Every character that a header can carry as text and that is no space. */
const ALL_CHARACTERS = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 33 + index));

interface Asked {
  readonly admission: Admission;
  readonly warnings: readonly string[];
}

function ask(option: AccessOption, request: object): Asked {
  const warnings: string[] = [];
  const policy = accessPolicy('metrics', option, (problem) => warnings.push(problem));
  return { admission: policy(request as IncomingMessage), warnings };
}

function asksWith(authorization: unknown, bearer = TOKEN): Admission {
  return ask({ bearer }, { headers: { authorization } }).admission;
}

beforeEach(() => void compared.mockClear());

describe("under 'public'", () => {
  it('everybody is admitted, and nothing of the request is looked at', () => {
    const request = new Proxy(
      {},
      {
        get: () => {
          throw new Error('looked at');
        },
      },
    );
    expect(ask('public', request)).toEqual({ admission: 'admitted', warnings: [] });
  });
});

describe('under a bearer token', () => {
  it.each([
    ['the token', `Bearer ${TOKEN}`],
    ['the scheme in lower case', `bearer ${TOKEN}`],
    ['the scheme in capitals', `BEARER ${TOKEN}`],
    ['more than one space before the token', `Bearer   ${TOKEN}`],
    ['spaces after the token', `Bearer ${TOKEN}  `],
  ])('%s is admitted', (_what, authorization) => {
    expect(asksWith(authorization)).toBe('admitted');
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Bearer'],
    ['the scheme and a space', 'Bearer '],
    ['the token without a scheme', TOKEN],
    ['the scheme and the token as one word', `Bearer${TOKEN}`],
    ['a tab instead of the space', `Bearer\t${TOKEN}`],
    ['something before the scheme', `x Bearer ${TOKEN}`],
    ['a line break before the scheme', `x\nBearer ${TOKEN}`],
    ['a line break after the token', `Bearer ${TOKEN}\n`],
    ['a second word', `Bearer ${TOKEN} x`],
    ['two tokens joined by a comma', `Bearer wrong, Bearer ${TOKEN}`],
    ['the right one of two first, joined by a comma', `Bearer ${TOKEN}, Bearer wrong`],
    ['Basic with the token', `Basic ${TOKEN}`],
    ['Basic with the token as a password', `Basic ${btoa(`prometheus:${TOKEN}`)}`],
    ['another scheme', `Token ${TOKEN}`],
    ['the token in quotation marks', `Bearer "${TOKEN}"`],
    ['the token as a parameter', `Bearer token=${TOKEN}`],
    ['another token', 'Bearer wrong'],
    ['another token of the same length', `Bearer ${'x'.repeat(TOKEN.length)}`],
    ['all of the token but its end', `Bearer ${TOKEN.slice(0, -1)}`],
    ['the token and more', `Bearer ${TOKEN}=`],
    ['the token twice', `Bearer ${TOKEN}${TOKEN}`],
    ['the token in another case', `Bearer ${TOKEN.toUpperCase()}`],
    ['the token, percent-encoded', `Bearer ${encodeURIComponent(TOKEN)}`],
    ['the token and a NUL', `Bearer ${TOKEN}\0`],
    ['the token with a letter that only looks alike', `Bearer ${TOKEN.replace('a', 'а')}`],
    ['a token of letters beyond ASCII', 'Bearer ключ'],
    ['a very long token', `Bearer ${'x'.repeat(1_000_000)}`],
    ['very many spaces', `Bearer${' '.repeat(1_000_000)}`],
    [
      'very many spaces around another token',
      `Bearer${' '.repeat(500_000)}x${' '.repeat(500_000)}y`,
    ],
    ['the name of a built-in property', 'Bearer __proto__'],
  ])('%s is not', (_what, authorization) => {
    expect(asksWith(authorization)).toBe('unauthorized');
  });

  it.each([
    ['a query', { url: `/metrics?access_token=${TOKEN}&token=${TOKEN}&bearer=${TOKEN}` }],
    ['a cookie', { headers: { cookie: `token=${TOKEN}; authorization=Bearer ${TOKEN}` } }],
    ['a body', { body: { access_token: TOKEN } }],
    [
      'another header',
      { headers: { 'x-api-key': TOKEN, 'proxy-authorization': `Bearer ${TOKEN}` } },
    ],
    [
      'a header that a proxy keeps',
      { headers: { 'x-forwarded-authorization': `Bearer ${TOKEN}` } },
    ],
    ['a trailer', { trailers: { authorization: `Bearer ${TOKEN}` } }],
    ['the credentials of the URL', { url: `http://x:${TOKEN}@127.0.0.1/metrics` }],
  ])('the token in %s is none', (_where, request) => {
    const admission = ask({ bearer: TOKEN }, { headers: {}, url: '/metrics', ...request });
    expect(admission).toEqual({ admission: 'unauthorized', warnings: [] });
  });

  it.each([
    ['of one character', 'x'],
    ['of every character that a header can carry', ALL_CHARACTERS],
    ['of 4096 characters', 'x'.repeat(4_096)],
    ['that begins like the scheme', 'Bearer'],
    ['that is a pattern', '.*'],
  ])('a token %s is compared as it is', (_what, bearer) => {
    expect(asksWith(`Bearer ${bearer}`, bearer)).toBe('admitted');
    expect(asksWith('Bearer y', bearer)).toBe('unauthorized');
    expect(asksWith(`Bearer ${bearer}y`, bearer)).toBe('unauthorized');
  });

  it.each([
    ['the right one', TOKEN, true],
    ['one that is wrong from its first character', `x${TOKEN.slice(1)}`, false],
    ['one that is wrong in its last character', `${TOKEN.slice(0, -1)}x`, false],
    ['a short one', 'x', false],
    ['a long one', 'x'.repeat(10_000), false],
  ])('%s is compared in constant time, whatever its length', (_what, token, same) => {
    asksWith(`Bearer ${token}`);
    expect(compared).toHaveBeenCalledTimes(1);
    const [given, expected] = compared.mock.calls[0] as unknown as [Buffer, Buffer];
    expect([given.byteLength, expected.byteLength]).toEqual([32, 32]);
    expect(given.equals(expected)).toBe(same);
    expect(compared).toHaveReturnedWith(same);
  });

  it('what is admitted once leaves nothing behind for those who come later', () => {
    const policy = accessPolicy('health', { bearer: TOKEN }, () => {});
    const of = (authorization?: string): Admission =>
      policy({ headers: { authorization } } as IncomingMessage);
    expect([of(`Bearer ${TOKEN}`), of(), of('Bearer x'), of(`Bearer ${TOKEN}`)]).toEqual([
      'admitted',
      'unauthorized',
      'unauthorized',
      'admitted',
    ]);
  });
});

describe('under a function', () => {
  it('whom it answers true for is admitted, and nobody else', () => {
    const option: AccessOption = ({ headers }) => headers['x-team'] === 'us';
    expect(ask(option, { headers: { 'x-team': 'us' } })).toEqual({
      admission: 'admitted',
      warnings: [],
    });
    expect(ask(option, { headers: {} })).toEqual({ admission: 'forbidden', warnings: [] });
  });

  it('a token opens nothing', () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect(ask(() => false, { headers }).admission).toBe('forbidden');
  });

  it.each<[string, () => unknown, string]>([
    [
      'promises true',
      async () => true,
      'has returned "[promise]" (Promise), neither true nor false',
    ],
    ['returns a truthy value', () => 'yes', 'has returned "yes" (string), neither true nor false'],
    ['returns nothing', () => undefined, 'has returned undefined, neither true nor false'],
    [
      'throws',
      () => {
        throw new Error('no session store at redis://app:hunter2@redis');
      },
      'has thrown: no session store at redis://[redacted]@redis',
    ],
  ])('that %s nobody is admitted, and it says so', (_what, option, problem) => {
    expect(ask(option as AccessOption & object, { headers: {} })).toEqual({
      admission: 'forbidden',
      warnings: [`access.metrics ${problem}: nobody gets an answer`],
    });
  });
});
