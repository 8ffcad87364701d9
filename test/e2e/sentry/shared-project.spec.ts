import * as Sentry from '@sentry/nestjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

afterEach(() => vi.unstubAllEnvs());

/** The process's client, and what is sent through it. */
function watchedClient() {
  const client = Sentry.getClient();
  if (client === undefined) throw new Error('There is no client');
  return { client, sent: vi.spyOn(client, 'sendEvent') };
}

describe('Two applications with the same DSN, environment and release', () => {
  it.each([undefined, '1.2.3'])(
    'share one client, which the last closes (release %s)',
    async (release) => {
      const receiver = await startReceiver();
      const options = { sentry: { dsn: receiver.dsn, release } };
      const one = await bootSentry(options);
      const { client, sent } = watchedClient();
      const two = await bootSentry(options);
      await receiver.waitFor(two.sentry.captureMessage('of two'));

      expect(sent).toHaveBeenCalledOnce();

      await one.app.close();
      expect(client.getOptions().enabled).not.toBe(false);
      expect(one.sentry.captureMessage('late')).toBeNull();
      await receiver.waitFor(two.sentry.captureMessage('of two, later'));

      await two.app.close();
      expect(client.getOptions().enabled).toBe(false);
      expect(two.sentry.captureMessage('late')).toBeNull();
    },
  );

  it('share it also where the SDK itself has found the release', async () => {
    vi.stubEnv('GITHUB_SHA', 'abcdef');
    const receiver = await startReceiver();
    const one = await bootSentry({ sentry: { dsn: receiver.dsn } });
    const { sent } = watchedClient();
    const two = await bootSentry({ sentry: { dsn: receiver.dsn } });

    expect(await receiver.waitFor(two.sentry.captureMessage('x'))).toMatchObject({
      release: 'abcdef',
    });
    expect(sent).toHaveBeenCalledOnce();
    expect(one.sentry.enabled).toBe(true);
  });
});

describe('Two applications that differ only in their release', () => {
  it('send each its own', async () => {
    const receiver = await startReceiver();
    const one = await bootSentry({ sentry: { dsn: receiver.dsn, release: '1' } });
    const two = await bootSentry({ sentry: { dsn: receiver.dsn, release: '2' } });

    expect((await receiver.waitFor(one.sentry.captureMessage('x'))).release).toBe('1');
    expect((await receiver.waitFor(two.sentry.captureMessage('x'))).release).toBe('2');
  });
});
