import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SentryService } from '../../../lib/sentry/sentry.service.js';
import { MemoryLog } from '../../support/log.js';

const DSN = 'https://0123456789abcdef@sentry.example.com/4504';
const log = new MemoryLog();

beforeEach(() => {
  log.lines.length = 0;
  Logger.overrideLogger(log);
});

afterEach(() => Logger.overrideLogger(false));

describe('Without the package @sentry/nestjs', () => {
  const withoutPackage = (): SentryService =>
    new SentryService({}, () => Promise.resolve(undefined));

  it('init() is false, with one warning that names the package and not the DSN', async () => {
    expect(await withoutPackage().init({ dsn: DSN })).toBe(false);
    expect(log.lines).toHaveLength(1);
    expect(log.ours('warn')).toEqual([expect.stringContaining('@sentry/nestjs')]);
    expect(JSON.stringify(log.lines)).not.toContain('0123456789abcdef');
  });

  it('every capture is null', async () => {
    const sentry = withoutPackage();
    await sentry.init({ dsn: DSN });
    const error = new Error('no');

    expect(sentry.enabled).toBe(false);
    expect(sentry.captureException(error)).toBeNull();
    expect(sentry.captureMessage('no')).toBeNull();
    expect(sentry.eventIdOf(error)).toBeNull();
  });

  it('flush() and close() have nothing to wait for', async () => {
    const sentry = withoutPackage();
    await sentry.init({ dsn: DSN });

    expect(await sentry.flush()).toBe(true);
    expect(await sentry.close()).toBe(true);
  });
});

describe('With a package @sentry/nestjs that cannot be loaded', () => {
  it('init() is false, and the error is logged without the DSN', async () => {
    const sentry = new SentryService({}, () => Promise.reject(new Error(`broken for ${DSN}`)));

    expect(await sentry.init({ dsn: DSN })).toBe(false);
    expect(log.ours('error')).toEqual([
      'Sentry stays off: broken for https://[redacted]@sentry.example.com/4504',
    ]);
    expect(sentry.captureMessage('no')).toBeNull();
  });
});
