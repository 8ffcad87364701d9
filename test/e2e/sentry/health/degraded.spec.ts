import { HealthStatus } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { bootChecked } from './checked-app.js';

const { DEGRADED, HEALTHY, UNHEALTHY } = HealthStatus;

it('A check that turns degraded is a breadcrumb on the events of later requests', async () => {
  const { check, get, events } = await bootChecked();
  const cache = check('cache');
  cache(DEGRADED);
  // Left by a request that is over when the error comes.
  await get('/orders');
  await get('/orders');
  expect(await events()).toEqual([]);
  await get('/broken');
  const [event] = await events();
  expect(event?.exception?.values[0]?.value).toBe('Order is broken');
  const left = event?.breadcrumbs?.filter(({ message }) => message?.startsWith('Health check'));
  expect(left).toMatchObject([{ message: 'Health check "cache" is degraded', level: 'warning' }]);
  expect(JSON.stringify(event)).not.toMatch(/customer-7|step-7/);
});

it('A check that turns degraded is a warning by option, and its recovery an event', async () => {
  const { check, probe, events } = await bootChecked({
    sentry: { health: { degraded: 'warning' } },
  });
  const cache = check('cache');
  cache(DEGRADED);
  await probe(10);
  cache(HEALTHY);
  await probe(10);
  expect((await events()).map(({ message, level }) => [message, level])).toEqual([
    ['Health check "cache" is degraded', 'warning'],
    ['Health check "cache" is healthy again', 'info'],
  ]);
});

it('What was told to be unhealthy is told to be degraded', async () => {
  const { check, probe, events } = await bootChecked();
  const cache = check('cache');
  for (const status of [UNHEALTHY, DEGRADED, HEALTHY]) {
    cache(status);
    await probe(3);
  }
  expect((await events()).map(({ level }) => level)).toEqual(['error', 'warning', 'info']);
});
