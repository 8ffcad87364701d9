import { describe, expect, it } from 'vitest';
import { namesSecret, redactText } from '../../lib/redaction.js';

describe('a text with a secret', () => {
  it.each([
    [
      'connect postgres://app:hunter2@db:5432/shop failed',
      'connect postgres://[redacted]@db:5432/shop failed',
    ],
    ['redis://:hunter2@cache:6379', 'redis://[redacted]@cache:6379'],
    ['mongodb+srv://u:hunter2@c.example.net/db', 'mongodb+srv://[redacted]@c.example.net/db'],
    ['https://0123456789abcdef@o1.ingest.sentry.io/2', 'https://[redacted]@o1.ingest.sentry.io/2'],
    ['host=db password=hunter2 user=app', 'host=db password=[redacted] user=app'],
    ['{"password":"hunter2","user":"app"}', '{"password":[redacted],"user":"app"}'],
    ["pwd: 'hunter 2'", 'pwd: [redacted]'],
    ['GET /x?token=hunter2&page=1', 'GET /x?token=[redacted]&page=1'],
    ['api_key=hunter2', 'api_key=[redacted]'],
    ['?key=hunter2', '?key=[redacted]'],
    ['postgres://app:hunt/er#2?@db:5432/shop', 'postgres://[redacted]@db:5432/shop'],
    ['Authorization: ApiKey hunter2, again', 'Authorization: [redacted]'],
    ['Cookie: sid=hunter2; theme=dark\nHost: shop', 'Cookie: [redacted]\nHost: shop'],
    ['AccountName=shop;AccountKey=hunter2==;', 'AccountName=shop;AccountKey=[redacted];'],
    ['blob?sig=hunter2&se=1', 'blob?sig=[redacted]&se=1'],
    ['{"password":"hun\\"ter2","user":"app"}', '{"password":[redacted],"user":"app"}'],
    ['key github_pat_11ABCDEFG0hunter2hunter2', 'key [redacted]'],
    ['Authorization: Bearer hunter2.abc', 'Authorization: [redacted]'],
    ['sent Bearer hunter2.abc', 'sent Bearer [redacted]'],
    ['jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2ln', 'jwt [redacted]'],
    ['AWS AKIAIOSFODNN7EXAMPLE used', 'AWS [redacted] used'],
    ['ghp_0123456789abcdef', '[redacted]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '[redacted]'],
  ])('%j is shown as %j', (text, shown) => {
    expect(redactText(text)).toBe(shown);
  });

  it.each([
    'Connection refused 127.0.0.1:5432',
    'monkey=banana',
    'duplicate key: orders_pkey',
    'https://example.com/a?b=c',
    'token',
  ])('%j is shown as it is', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('takes time in proportion to its length, whatever it is made of', () => {
    for (const piece of ['eyJ-', 'a://', 'password=', '"', 'key=', 'cookie:', 'sk-']) {
      const short = medianTime(piece.repeat(5_000 / piece.length));
      const long = medianTime(piece.repeat(20_000 / piece.length));
      // Four times as long: 4 in proportion, 16 where every character looks at all the others.
      expect(long / short, piece).toBeLessThan(10);
    }
  });

  it('is cut where it is too long to search', () => {
    expect(redactText('x'.repeat(30_000))).toHaveLength(20_001);
  });
});

describe('a key', () => {
  it.each([
    'password',
    'DB_PASSWORD',
    'clientSecret',
    'accessToken',
    'sentry.dsn',
    'X-Api-Key',
    'Cookie',
    'PGPASSWORD',
    'passwords',
    'password_hash',
    'secretKey',
    'AccountKey',
    'sessionId',
    'jwt',
    'auth',
  ])('%s names a secret', (key) => {
    expect(namesSecret(key)).toBe(true);
  });

  it.each(['user', 'tokens_used_total', 'keyboard', 'secretary', 'host'])(
    '%s names none',
    (key) => {
      expect(namesSecret(key)).toBe(false);
    },
  );
});

function medianTime(text: string): number {
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    redactText(text);
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[4] ?? 0;
}
