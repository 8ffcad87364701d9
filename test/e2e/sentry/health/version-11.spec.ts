import { HealthRegistry, HealthStatus, SentryService } from 'nestjs-observability';
import { withIsolationScope } from 'sentry-nestjs-11';
import { expect, it, onTestFinished } from 'vitest';
import { reportTransitions } from '../../../../lib/bridges/health-sentry.js';
import { systemClock } from '../../../../lib/clock.js';
import { Faults } from '../../../../lib/faults.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import type { HealthEvent } from './checked-app.js';

it('With version 11 of the SDK too, an outage and its recovery are two events without anything of a request', async () => {
  const receiver = await startReceiver();
  const sentry = new SentryService({}, () => import('sentry-nestjs-11'));
  const health = new HealthRegistry();
  const settings = { degraded: 'breadcrumb', failureThreshold: 1, minIntervalMs: 60_000 } as const;
  reportTransitions(health, sentry, settings, systemClock, new Faults());
  onTestFinished(async () => void (await sentry.close()));
  expect(await sentry.init({ dsn: receiver.dsn })).toBe(true);
  const answer: { status: HealthStatus } = { status: HealthStatus.UNHEALTHY };
  health.registerCheck('db', () => answer.status);
  health.registerCheck('cache', () => HealthStatus.DEGRADED);

  for (const status of [HealthStatus.UNHEALTHY, HealthStatus.HEALTHY]) {
    answer.status = status;
    for (let probes = 0; probes < 10; probes += 1) {
      await withIsolationScope(async () => {
        sentry.setUser({ id: 'customer-7' });
        sentry.setTag('order', 'order-7');
        sentry.addBreadcrumb({ message: 'step-7' });
        await health.run();
      });
    }
  }
  const later = withIsolationScope(() => sentry.captureMessage('Order is late'));
  await sentry.flush();

  expect(receiver.events).toMatchObject([
    { message: 'Health check "db" is unhealthy', level: 'error' },
    { message: 'Health check "db" is healthy again', level: 'info' },
    {
      event_id: later,
      breadcrumbs: [{ message: 'Health check "cache" is degraded', level: 'warning' }],
    },
  ]);
  for (const { user, tags, breadcrumbs } of receiver.events as readonly HealthEvent[]) {
    expect(JSON.stringify([user, tags, breadcrumbs])).not.toMatch(/customer-7|order-7|step-7/);
  }
});
