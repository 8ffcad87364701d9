import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SentryService } from '../../../lib/sentry/sentry.service.js';
import { throwingLog } from '../../support/log.js';

const DSN = 'https://0123456789abcdef@sentry.example.com/4504';
const log = throwingLog();

beforeEach(() => {
  log.lines.length = 0;
  Logger.overrideLogger(log);
});

afterEach(() => Logger.overrideLogger(false));

it.each<[string, string, () => Promise<unknown>]>([
  ['a malformed DSN', 'topsecret', () => Promise.resolve(undefined)],
  ['no package', DSN, () => Promise.resolve(undefined)],
  ['a package that cannot be loaded', DSN, () => Promise.reject(new Error('broken'))],
])(
  'With %s and a logger that throws init() is false, and says so once',
  async (_what, dsn, load) => {
    expect(await new SentryService({}, load).init({ dsn })).toBe(false);
    expect(log.lines.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Sentry stays off: /),
    ]);
  },
);
