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
