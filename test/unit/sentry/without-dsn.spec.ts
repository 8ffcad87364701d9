import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SentryService } from '../../../lib/sentry/sentry.service.js';
import { MemoryLog } from '../../support/log.js';

const log = new MemoryLog();

beforeEach(() => {
  log.lines.length = 0;
  Logger.overrideLogger(log);
});

afterEach(() => Logger.overrideLogger(false));

/** Fails the test when Sentry's package is asked for. */
const loadNothing = (): Promise<never> => Promise.reject(new Error('the package was loaded'));

describe('Without a DSN', () => {
  it('every call is silent and does nothing', async () => {
    const sentry = new SentryService({}, loadNothing);

    expect(sentry.enabled).toBe(false);
    expect(sentry.captureException(new Error('no'))).toBeNull();
    expect(sentry.captureMessage('no', 'warn')).toBeNull();
    expect(sentry.eventIdOf(new Error('no'))).toBeNull();
    expect(await sentry.flush()).toBe(true);
    expect(await sentry.close()).toBe(true);
    expect(log.lines).toEqual([]);
  });

  it.each([undefined, null, ''])('init({ dsn: %j }) is false in silence', async (dsn) => {
    const sentry = new SentryService({}, loadNothing);

    expect(await sentry.init({ dsn })).toBe(false);
    expect(log.lines).toEqual([]);
  });
});

describe('With a malformed DSN', () => {
  it.each(['topsecret', 'https://topsecret@sentry.io', ' https://topsecret@sentry.io/1', 42])(
    'init({ dsn: %j }) is false, with one warning that shows no part of it',
    async (dsn) => {
      const sentry = new SentryService({}, loadNothing);

      expect(await sentry.init({ dsn: dsn as string })).toBe(false);
      expect(log.lines).toHaveLength(1);
      expect(log.ours('warn')).toEqual([expect.stringContaining('the DSN is malformed')]);
      expect(JSON.stringify(log.lines)).not.toContain('topsecret');
    },
  );
});
