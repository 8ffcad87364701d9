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

  it.each([
    'a',
    'eyJ-',
    'a://',
    'a://b:',
    'http://',
    'http://a:',
    '://b@',
    'a:b',
    'a/',
    '/bot123456:',
    'password=',
    'password:',
    'password: a ',
    'password: a;',
    'password="',
    "password='a",
    'password=\\"',
    "password=['",
    'password={ ',
    'password={ "\\',
    'password:[\\"',
    'password={a',
    'password,',
    'password \n',
    'token=a,',
    'token=)',
    'token=\\n',
    'key=',
    'auth:"',
    '"',
    "'",
    '`',
    '\\',
    ',',
    ')',
    '=',
    'cookie:',
    "'cookie:",
    "cookie:['",
    '"cookie",',
    'bearer ',
    'Basic a-',
    'AUTH PLAIN ',
    '-----BEGIN A-----a',
    '-----BEGIN ',
    '----',
    'LS0tLS1CRUdJTi',
    '<password>',
    '<',
    '--a',
    'sk-',
    'SG.',
    '1Q~',
    '12345678:AA',
    'mysql ',
    'mysql -p',
    'curl -u ',
    'redis-cli ',
    'identified with a by ',
    "name:'auth',",
    "name:'auth',args:['",
    '%41',
    '%',
    '%25',
    '%2',
  ])('takes time in proportion to its length where it is made of %j', (piece) => {
    // The sign of percentage switches on what reads percent-encoded texts.
    const text = (length: number): string => `% ${piece.repeat(length / piece.length)}`;
    const ratios = Array.from({ length: 3 }, () => {
      const short = shortestTime(text(3_000));
      return shortestTime(text(12_000)) / short;
    });
    // Four times as long: 4 in proportion, 16 where every character looks at all the others.
    expect(Math.min(...ratios)).toBeLessThan(9);
  });

  it('is cut where it is too long to search', () => {
    expect(redactText('x'.repeat(30_000))).toHaveLength(20_001);
  });
});

describe('a text that is cut', () => {
  it('keeps no half of a URL, since that may be half a password', () => {
    const text = `${'x '.repeat(9_980)}postgres://app:${'hunter2'.repeat(10)}@db:5432/shop`;
    expect(redactText(text)).toMatch(/x postgres:\/\/…$/);
  });

  it('keeps no half of what stands in quotation marks', () => {
    const text = `${'x '.repeat(9_980)}password: "${'hunter2 '.repeat(10)}"`;
    expect(redactText(text)).toMatch(/x password: \[redacted\]$/);
  });
});

describe('a key', () => {
  it.each(words`
      password passwords passwd pass db_pass smtpPass PGPASSWORD pwd DB_PASSWORD DBPassword
      newPassword password2 password_hash passphrase passcode secret clientSecret JWT_SECRET
      secrets SECRET_KEY_BASE token accessToken refresh_token id-token AWS_SESSION_TOKEN
      csrfToken apiKey api_key X-Api-Key APIKEY apiKeys secretAccessKey AccountKey
      SharedAccessKey privateKey secretKey encryption_key signingKey masterKey APP_KEY
      serviceKey stripe_key Ocp-Apim-Subscription-Key sshKey webhookKey auth smtp.auth jwt
      bearer authorization Proxy-Authorization Cookie set-cookie credentials awsCredential
      sessionId session_id PHPSESSID connect.sid otp signature X-Amz-Signature sentry.dsn
      SENTRY_DSN
    `)('%s names a secret', (key) => {
    expect(namesSecret(key)).toBe(true);
  });

  it.each(words`
      user username host port database status code message sid keyboard keyspace monkey turkey
      key keys primaryKey foreign_key cache_key partitionKey routingKey sort_key
      idempotencyKey publicKey keyId accessKeyId private_key_id SharedAccessKeyName author
      authority authenticated authMethod oauthProvider passenger passed passive bypass compass
      passportStrategy secretary secretName secretsManagerRegion tokenizer token_type
      tokenExpiresAt tokens_used_total max_tokens promptTokens hasPassword is_token
      password_changed_at passwordPolicy cookieDomain cookies_enabled sessions sessionCount
      design signal credentialsProvider dsnHost bearerFormat jwtIssuer toptal
    `)('%s names none', (key) => {
    expect(namesSecret(key)).toBe(false);
  });
});

function words(text: TemplateStringsArray): string[] {
  return text.join('').trim().split(/\s+/);
}

function shortestTime(text: string): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    redactText(text);
    return performance.now() - start;
  });
  return Math.min(...times);
}
