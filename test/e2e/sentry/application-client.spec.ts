import * as Sentry from '@sentry/nestjs';
import { expect, it } from 'vitest';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

it('A client that the application has started itself is used, and is still open after app.close()', async () => {
  const own = await startReceiver();
  const configured = await startReceiver();
  const client = Sentry.init({ dsn: own.dsn, environment: 'theirs' });
  const { app, sentry } = await bootSentry({ sentry: { dsn: configured.dsn } });

  expect(Sentry.getClient()).toBe(client);
  expect(await own.waitFor(sentry.captureMessage('ours'))).toMatchObject({
    environment: 'theirs',
  });

  const last = sentry.captureMessage('right before the end');
  await app.close();
  expect(own.events.map((event) => event.event_id)).toContain(last);
  expect(sentry.captureMessage('late')).toBeNull();
  expect(Sentry.getClient()).toBe(client);
  await own.waitFor(Sentry.captureMessage('theirs, later'));

  expect(configured.events).toEqual([]);
  await Sentry.close(1_000);
});

it('A client that the application has started without a DSN counts as none', async () => {
  const configured = await startReceiver();
  Sentry.init({ environment: 'theirs' });
  const off = await bootSentry({});
  const on = await bootSentry({ sentry: { dsn: configured.dsn } });

  expect([off.sentry.enabled, off.sentry.captureMessage('nowhere')]).toEqual([false, null]);
  await configured.waitFor(on.sentry.captureMessage('there'));
});
