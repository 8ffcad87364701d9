import { expect, it } from 'vitest';
import { FOREVER_MS, StoppingApp } from './stopping-app.js';

it.each([
  ['SIGTERM', 'SIGTERM'],
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGINT'],
] as const)('After %s, %s skips the wait', async (first, second) => {
  const app = await StoppingApp.open({ options: { drainMs: FOREVER_MS } });
  await app.gets(first);
  expect((await app.get('/work')).status).toBe(200);
  expect(app.story.hooks()).toEqual([]);

  app.getsAgain(second);
  expect(await app.end).toBe(0);
  expect(app.story.hooks()).toHaveLength(4);
});

it('A second signal does not cut off what is in flight', async () => {
  const app = await StoppingApp.open({ options: { drainMs: FOREVER_MS } });
  const answer = app.get('/slow?ms=500');
  await app.story.tells('started');
  await app.gets('SIGTERM');
  app.getsAgain('SIGTERM');

  expect((await answer).status).toBe(200);
  expect(await app.end).toBe(0);
});
