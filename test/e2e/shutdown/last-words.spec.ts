import { expect, it } from 'vitest';
import { startReceiver } from '../../support/sentry-receiver.js';
import { StoppingApp } from './stopping-app.js';

const SITUATION = { options: { drainMs: 50 }, captures: true };

it('What is captured while the application shuts down is sent before the process ends', async () => {
  const receiver = await startReceiver();
  const app = await StoppingApp.open(SITUATION, { SENTRY_DSN: receiver.dsn });
  await app.gets('SIGTERM');

  expect(await app.end).toBe(0);
  const ids = app.story.said.flatMap(({ eventId }) => eventId ?? []);
  expect(ids).toHaveLength(2);
  expect(receiver.events.map(({ event_id }) => event_id).toSorted()).toEqual(ids.toSorted());
});

it('A Sentry server that never answers does not keep the process alive', async () => {
  const receiver = await startReceiver('never answers');
  const app = await StoppingApp.open(SITUATION, { SENTRY_DSN: receiver.dsn });
  await app.gets('SIGTERM');

  expect(await app.end).toBe(0);
});
