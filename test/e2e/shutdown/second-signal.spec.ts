import { expect, it } from 'vitest';
import { ENDLESS, StoppingApp } from './stopping-app.js';

it.concurrent.each([
  ['SIGTERM', 'SIGTERM'],
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGINT'],
] as const)('After %s, %s skips the wait', async (first, second) => {
  const app = await StoppingApp.open({ options: ENDLESS });
  await app.gets(first);
  expect((await app.get('/work')).status).toBe(200);
  expect(app.story.hooks()).toEqual([]);

  app.getsAgain(second);
  expect(await app.end).toBe(0);
  expect(app.story.hooks()).toHaveLength(4);
});
