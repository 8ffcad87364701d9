import { describe, expect, it } from 'vitest';
import { isDsn } from '../../../lib/sentry/client/dsn.js';

describe('A DSN', () => {
  it.each([
    'https://key@sentry.io/1',
    'https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/4504',
    'http://key@127.0.0.1:9999/1',
    'http://key@[::1]:9999/1',
    'https://key:secret@sentry.example.com/1',
    'https://key@sentry.example.com/some/path/1',
  ])('%s is taken', (text) => {
    expect(isDsn(text)).toBe(true);
  });

  it.each([
    'https://sentry.io/1',
    'https://key@sentry.io',
    'https://key@sentry.io/',
    'https://key@sentry.io/project',
    'https://key@/1',
    'ftp://key@sentry.io/1',
    'key@sentry.io/1',
    'https://key@sentry.io:99999/1',
    ' https://key@sentry.io/1',
    'https://key@sentry.io/1\n',
    'https://key@sen\ntry.io/1',
    'HTTPS://key@sentry.io/1',
    'https://key:se-cret@sentry.io/1',
    'https://key@bücher.example/1',
    'https://key@sentry.io/1?environment=x',
    `https://key@${'a'.repeat(600)}.io/1`,
    '',
  ])('%j is not taken', (text) => {
    expect(isDsn(text)).toBe(false);
  });
});
