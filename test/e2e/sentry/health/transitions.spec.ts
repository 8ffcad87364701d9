import { HealthStatus, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../../support/boot.js';
import { bootChecked } from './checked-app.js';

const { HEALTHY, UNHEALTHY } = HealthStatus;

describe.each(PLATFORMS)('On %s', (platform) => {
  it('an outage is one event and its recovery one more, over 50 probes each', async () => {
    const { check, probe, events } = await bootChecked({}, platform);
    const database = check('db');
    await probe();
    database(unhealthy('connection refused'));
    await probe(50);
    expect(await events()).toHaveLength(1);
    database(HEALTHY);
    await probe(50);
    expect(await events()).toMatchObject([
      {
        message: 'Health check "db" is unhealthy',
        level: 'error',
        tags: {
          'health.check': 'db',
          'health.status': 'unhealthy',
          'health.previous': 'healthy',
        },
        fingerprint: ['health-check', 'db'],
      },
      {
        message: 'Health check "db" is healthy again',
        level: 'info',
        tags: {
          'health.check': 'db',
          'health.status': 'healthy',
          'health.previous': 'unhealthy',
        },
        fingerprint: ['health-check', 'db'],
      },
    ]);
  });
});

it('Of several checks each is told for itself, those that are not critical as a warning', async () => {
  const { check, probe, events } = await bootChecked();
  check('db')(UNHEALTHY);
  check('search', { critical: false })(UNHEALTHY);
  check('mail');
  await probe(3);
  const told = (await events()).map(({ message, level, fingerprint }) => [
    message,
    level,
    fingerprint,
  ]);
  expect(told).toEqual([
    ['Health check "db" is unhealthy', 'error', ['health-check', 'db']],
    ['Health check "search" is unhealthy', 'warning', ['health-check', 'search']],
  ]);
});

it('The last results go along, with their secrets masked, and the message has none of it', async () => {
  const { check, probe, events, text } = await bootChecked();
  const database = check('db');
  await probe();
  database(new Error('connect ECONNREFUSED postgres://app:hunter2-secret@db:5432/orders'));
  await probe();
  check('queue')(unhealthy('no broker', { host: 'mq-1', password: 'hunter3-secret' }));
  await probe();

  const [ofDatabase, ofQueue] = await events();
  expect(ofDatabase?.message).toBe('Health check "db" is unhealthy');
  const { last_results: lastResults, ...context } = ofDatabase?.contexts?.['health_check'] ?? {};
  expect(context).toMatchObject({ name: 'db', status: 'unhealthy', critical: true });
  expect(context['message']).toMatch(/^connect ECONNREFUSED postgres:/);
  expect(lastResults).toEqual([
    expect.stringMatching(/^\d{4}-\S+Z healthy \d+ ms$/),
    expect.stringMatching(/^\d{4}-\S+Z unhealthy \d+ ms connect ECONNREFUSED postgres:/),
  ]);
  expect(ofQueue?.contexts?.['health_check']).toMatchObject({
    message: 'no broker',
    details: { host: 'mq-1' },
    last_results: [expect.stringContaining('"host":"mq-1"')],
  });
  expect(text()).toContain('mq-1');
  expect(text()).not.toMatch(/hunter\d-secret/);
});

it('Nothing of the request that brought a check to its result is on the event', async () => {
  const { check, get, events } = await bootChecked();
  check('db')(UNHEALTHY);
  await get('/orders');
  const [event] = await events();
  expect(event?.message).toBe('Health check "db" is unhealthy');
  expect(JSON.stringify(event)).not.toMatch(/customer-7|order-7|item-7|step-7|\/orders/);
});

it('With sentry.health false nothing is told', async () => {
  const { check, probe, events } = await bootChecked({ sentry: { health: false } });
  check('db')(UNHEALTHY);
  await probe(3);
  expect(await events()).toEqual([]);
});

it('An outage that began while Sentry was off is told at the first probe after it is on', async () => {
  const { check, dsn, probe, events, sentry } = await bootChecked();
  await sentry.close();
  check('db')(UNHEALTHY);
  await probe(3);
  expect(await sentry.init({ dsn })).toBe(true);
  expect(await events()).toEqual([]);
  await probe(3);
  expect((await events()).map(({ level }) => level)).toEqual(['error']);
});
