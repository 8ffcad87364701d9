import type { ObservabilityModuleOptions } from 'nestjs-observability';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bootError } from '../../support/boot.js';
import { startReceiver, type SentryEvent } from '../../support/sentry-receiver.js';
import { bootSentry, moduleWith } from './sentry-app.js';

afterEach(() => vi.unstubAllEnvs());

async function eventOf(options: ObservabilityModuleOptions): Promise<SentryEvent> {
  const receiver = await startReceiver();
  vi.stubEnv('SENTRY_DSN', receiver.dsn);
  const { sentry } = await bootSentry(options);
  return receiver.waitFor(sentry.captureMessage('hello'));
}

describe('Sentry', () => {
  it('is on by SENTRY_DSN', async () => {
    expect(await eventOf({})).toMatchObject({ message: 'hello' });
  });

  it('is on by the option, whatever SENTRY_DSN says', async () => {
    const other = await startReceiver();
    const receiver = await startReceiver();
    vi.stubEnv('SENTRY_DSN', other.dsn);
    const { sentry } = await bootSentry({ sentry: { dsn: receiver.dsn } });

    await receiver.waitFor(sentry.captureMessage('hello'));
    expect(other.events).toEqual([]);
  });

  it.each([null, ''])('is off by the option %j, whatever SENTRY_DSN says', async (dsn) => {
    const receiver = await startReceiver();
    vi.stubEnv('SENTRY_DSN', receiver.dsn);
    const { sentry, log } = await bootSentry({ sentry: { dsn } });

    expect(sentry.enabled).toBe(false);
    expect(sentry.captureMessage('hello')).toBeNull();
    expect(log.lines.filter((line) => line.message.includes('Sentry'))).toEqual([]);
  });

  it.each(['', undefined])('is off without a DSN (SENTRY_DSN is %j), in silence', async (dsn) => {
    vi.stubEnv('SENTRY_DSN', dsn);
    const { sentry, log } = await bootSentry({});

    expect(sentry.enabled).toBe(false);
    expect(sentry.captureException(new Error('no'))).toBeNull();
    expect(log.lines.filter((line) => line.message.includes('Sentry'))).toEqual([]);
  });

  it.each([
    ['SENTRY_DSN', 'SENTRY_DSN', {}],
    ['sentry.dsn', '', { sentry: { dsn: 'https://topsecret@sentry.io' } }],
  ])(
    'with a malformed %s stops the boot with an error that masks it',
    async (name, variable, options) => {
      if (variable) vi.stubEnv(variable, 'https://topsecret@sentry.io');
      const message = await bootError(moduleWith(options));

      expect(message).toContain(name);
      expect(message).not.toContain('topsecret');
    },
  );
});

describe('An event', () => {
  it('is of the environment development by default, and of no release', async () => {
    const event = await eventOf({});

    expect(event.environment).toBe('development');
    expect(event.release).toBeUndefined();
  });

  it('is of the environment and the release that the options name', async () => {
    expect(
      await eventOf({ environment: 'production', sentry: { release: '1.2.3' } }),
    ).toMatchObject({ environment: 'production', release: '1.2.3' });
  });

  it('is of the environment and the release that the variables name', async () => {
    vi.stubEnv('ENVIRONMENT', 'staging');
    vi.stubEnv('SENTRY_RELEASE', '2.0.0');

    expect(await eventOf({})).toMatchObject({ environment: 'staging', release: '2.0.0' });
  });

  it('is of what the options name, whatever the variables say', async () => {
    vi.stubEnv('ENVIRONMENT', 'staging');
    vi.stubEnv('SENTRY_RELEASE', '2.0.0');

    expect(
      await eventOf({ environment: 'production', sentry: { release: '1.2.3' } }),
    ).toMatchObject({ environment: 'production', release: '1.2.3' });
  });
});
