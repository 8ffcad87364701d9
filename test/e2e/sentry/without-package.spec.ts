import { expect, it, vi } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { bootSentry } from './sentry-app.js';

vi.mock('../../../lib/optional-package.js', () => ({
  loadOptionalPackage: () => Promise.resolve(undefined),
}));

it.each(PLATFORMS)(
  'A DSN without @sentry/nestjs is one warning that names the package and not the DSN, on %s',
  async (platform) => {
    const dsn = 'https://topsecret@sentry.example.com/1';
    const { sentry, log, get } = await bootSentry({ sentry: { dsn } }, platform);

    expect(sentry.enabled).toBe(false);
    expect(sentry.captureException(new Error('no'))).toBeNull();
    expect(log.lines.filter((line) => line.message.includes('@sentry/nestjs'))).toHaveLength(1);
    expect(JSON.stringify(log.lines)).not.toContain('topsecret');
    expect((await get('/health/live')).status).toBe(200);
  },
);
