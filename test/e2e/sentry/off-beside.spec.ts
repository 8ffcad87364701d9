import * as Sentry from '@sentry/nestjs';
import { describe, expect, it } from 'vitest';
import { MetricsRegistry } from 'nestjs-observability';
import { startReceiver } from '../../support/sentry-receiver.js';
import { bootSentry } from './sentry-app.js';

describe('An application without a DSN, beside one that has Sentry on', () => {
  it('stays off, whichever of the two has started first', async () => {
    const receiver = await startReceiver();
    const before = await bootSentry({});
    const on = await bootSentry({ sentry: { dsn: receiver.dsn } });
    const after = await bootSentry({ metrics: { enabled: true } });

    for (const { sentry } of [before, after]) {
      expect(await sentry.init()).toBe(false);
      expect(sentry.enabled).toBe(false);
      sentry.setTag('of', 'another');
      expect(sentry.captureException(new Error('x'))).toBeNull();
    }
    const event = await receiver.waitFor(on.sentry.captureMessage('x'));
    await on.sentry.flush();

    expect(event.tags ?? {}).not.toHaveProperty('of');
    expect(receiver.events).toHaveLength(1);
    expect(await after.app.get(MetricsRegistry).expose()).toContain(
      'sentry_events_total{outcome="captured"} 0',
    );
  });

  it('leaves the other on when it closes', async () => {
    const receiver = await startReceiver();
    const on = await bootSentry({ sentry: { dsn: receiver.dsn } });
    const off = await bootSentry({});
    await off.app.close();

    expect(on.sentry.enabled).toBe(true);
    await receiver.waitFor(on.sentry.captureMessage('still here'));
  });
});

it('init() starts anew after the application itself has closed the SDK, and nothing is counted twice', async () => {
  const receiver = await startReceiver();
  const { app, sentry } = await bootSentry({
    metrics: { enabled: true },
    sentry: { dsn: receiver.dsn },
  });
  await receiver.waitFor(sentry.captureMessage('before'));
  await Sentry.close(5_000);
  expect(sentry.enabled).toBe(false);
  expect(sentry.captureMessage('while it is closed')).toBeNull();

  expect(await sentry.init({ dsn: receiver.dsn })).toBe(true);
  await receiver.waitFor(sentry.captureException(new Error('after')));
  await sentry.flush();

  expect(receiver.events).toHaveLength(2);
  const exposed = await app.get(MetricsRegistry).expose();
  expect(exposed).toContain('sentry_events_total{outcome="captured"} 2');
  expect(exposed).toContain('sentry_events_total{outcome="refused"} 0');
});
