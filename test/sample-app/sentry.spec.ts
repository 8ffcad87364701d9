import { expect, it, onTestFinished } from 'vitest';
import { startReceiver } from '../support/sentry-receiver.js';
import { Shop } from './shop.js';

it('an error of the playground reaches Sentry under the id that was answered', async () => {
  const receiver = await startReceiver();
  const shop = new Shop({ SENTRY_DSN: receiver.dsn, ENVIRONMENT: 'staging' });
  onTestFinished(() => shop.cleanUp());
  await shop.opens();

  const { status, body } = await shop.post<{ eventId: string }>('/playground/error');
  expect(status).toBe(200);
  expect(body.eventId).toMatch(/^[0-9a-f]{32}$/);
  // The shop sends what it has before it ends.
  await shop.end();
  expect(receiver.events).toEqual([
    expect.objectContaining({
      event_id: body.eventId,
      environment: 'staging',
      tags: { feature: 'playground' },
      exception: { values: [expect.objectContaining({ type: 'SyntaxError' })] },
    }),
  ]);
});

it('what nobody catches, and a check that fails, is one event each, however often it is asked for', async () => {
  const receiver = await startReceiver();
  const shop = new Shop({ SENTRY_DSN: receiver.dsn });
  onTestFinished(() => shop.cleanUp());
  await shop.opens();

  const crashed = await shop.post('/playground/crash');
  await shop.post('/playground/billing/break');
  for (let probe = 0; probe < 5; probe += 1) await shop.get('/health/ready');
  await shop.post('/playground/billing/mend');
  for (let probe = 0; probe < 5; probe += 1) await shop.get('/health/ready');
  await shop.end();

  expect(crashed.status).toBe(500);
  expect(
    receiver.events.map(({ exception, message }) => message ?? exception?.values[0]?.value),
  ).toEqual([
    'The playground has crashed.',
    'Health check "module:billing" is unhealthy',
    'Health check "module:billing" is healthy again',
  ]);
});
