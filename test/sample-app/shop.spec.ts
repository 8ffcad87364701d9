import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../support/parts.js';
import { eventually, Shop, type Answer } from './shop.js';

interface Report {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly status: string }[];
}

interface Order {
  readonly id: string;
  readonly totalCents: number;
}

let shop: Shop;

beforeAll(async () => {
  shop = await new Shop().opens();
});

afterAll(() => shop.cleanUp());

/** The status of each check, by name. */
async function statuses(): Promise<Record<string, string>> {
  const { body } = await shop.get<Report>('/health');
  return Object.fromEntries(body.checks.map(({ name, status }) => [name, status]));
}

/** Waits for the status of `/health`: on a busy machine a check may once pass its deadline. */
async function becomes(status: string): Promise<void> {
  await eventually(async () => (await shop.get<Report>('/health')).body.status === status);
}

async function tellDatabase(what: string): Promise<Answer<unknown>> {
  return shop.post(`/playground/database/${what}`);
}

describe('the shop', () => {
  it('lists its products, and shows one', async () => {
    const { status, body } = await shop.get<{ id: string }[]>('/products');
    expect(status).toBe(200);
    expect(body.map(({ id }) => id)).toEqual(['teapot', 'mug', 'lamp', 'notebook', 'tent']);
    expect(await shop.get('/products/lamp')).toMatchObject({
      status: 200,
      body: { id: 'lamp', name: 'Desk lamp', category: 'office', priceCents: 7400 },
    });
  });

  it('takes an order, shows it, and writes the invoice', async () => {
    const placed = await shop.post<Order>('/orders', { productId: 'mug', quantity: 2 });
    expect(placed).toMatchObject({ status: 201, body: { productId: 'mug', totalCents: 2500 } });
    const { id } = placed.body;
    expect(await shop.get(`/orders/${id}`)).toEqual({ status: 200, body: placed.body });
    expect(await shop.get(`/billing/invoices/${id}`)).toEqual({
      status: 200,
      body: { orderId: id, netCents: 2500, vatCents: 575, grossCents: 3075 },
    });
  });

  it('takes what is ordered off the shelf', async () => {
    const stock = async (): Promise<number> =>
      (await shop.get<{ stock: number }>('/products/lamp')).body.stock;
    const before = await stock();
    await shop.post('/orders', { productId: 'lamp', quantity: 3 });
    expect(await stock()).toBe(before - 3);
  });

  it('counts orders, and measures their value', async () => {
    await shop.post('/orders', { productId: 'notebook', quantity: 3 });
    await shop.post('/orders', { productId: 'notebook', quantity: 100 });
    const metrics = (await shop.metrics()).split('\n');
    const sample = (series: string): number =>
      Number(metrics.find((line) => line.startsWith(`${series} `))?.slice(series.length));
    // The lamps of the test before are of the same category.
    expect(sample('orders_placed_total{category="office"}')).toBe(3);
    expect(sample('order_value_euros_count{category="office"}')).toBe(3);
    expect(sample('order_value_euros_sum{category="office"}')).toBeCloseTo(1241.7);
  });

  it('refuses an order that is not one, and says why', async () => {
    const order = { productId: 'Mug!', quantity: 0, coupon: 'x' };
    expect(await shop.post('/orders', order)).toEqual({
      status: 400,
      body: {
        statusCode: 400,
        error: 'Bad Request',
        message: [
          'property coupon should not exist',
          'productId must be the id of a product',
          'quantity must not be less than 1',
        ],
      },
    });
  });

  it('answers 404 for what is unknown, and 400 for what cannot be an id', async () => {
    expect((await shop.get('/products/unicorn')).status).toBe(404);
    expect((await shop.post('/orders', { productId: 'unicorn', quantity: 1 })).status).toBe(404);
    expect((await shop.get(`/orders/${randomUUID()}`)).status).toBe(404);
    expect((await shop.get('/products/%00')).status).toBe(400);
    expect((await shop.get('/orders/7')).status).toBe(400);
  });

  it('is degraded, and ready, when a product is sold out; another order for it is a conflict', async () => {
    expect((await shop.post('/orders', { productId: 'tent', quantity: 4 })).status).toBe(409);
    expect((await shop.post('/orders', { productId: 'tent', quantity: 3 })).status).toBe(201);
    await becomes('degraded');
    expect((await shop.get<Report>('/health')).body.checks).toContainEqual(
      expect.objectContaining({ name: 'stock', status: 'degraded', message: 'sold out: tent' }),
    );
    expect((await shop.get('/health/ready')).status).toBe(200);
    expect(await shop.post('/orders', { productId: 'tent', quantity: 1 })).toMatchObject({
      status: 409,
      body: { message: 'Fewer than 1 left: Two-person tent.' },
    });
  });
});

describe('the five routes', () => {
  it('show every kind of check', async () => {
    expect(Object.keys(await statuses())).toEqual([
      'database',
      'stock',
      'payment-provider',
      'module:billing',
    ]);
  });

  it('tell of the probes and of the tools', async () => {
    expect(await shop.get('/health/live')).toEqual({ status: 200, body: { status: 'alive' } });
    expect((await shop.get('/health/ready')).status).toBe(200);
    expect((await shop.get('/health/tools')).body).toEqual({
      flower: null,
      grafana: null,
      prometheus: null,
      runbook: 'https://example.com/runbooks/shop',
    });
  });
});

describe('the playground', () => {
  it('stops the database: nothing works, the process lives; starts it: all is well', async () => {
    const pid = shop.databasePid();
    expect(pid).toBeTypeOf('number');
    expect(await shop.post('/playground/database/stop')).toEqual({
      status: 200,
      body: { database: 'stopped' },
    });
    expect(shop.databasePid()).toBeUndefined();
    expect((await shop.get<Report>('/health')).body.status).toBe('unhealthy');
    expect(await statuses()).toMatchObject({
      database: 'unhealthy',
      'payment-provider': 'healthy',
      'module:billing': 'healthy',
    });
    expect((await shop.get('/health/ready')).status).toBe(503);
    expect((await shop.get('/health/live')).status).toBe(200);
    expect(await shop.post('/orders', { productId: 'mug', quantity: 1 })).toEqual({
      status: 503,
      body: {
        statusCode: 503,
        error: 'Service Unavailable',
        message: 'The database is away. Try again in a moment.',
      },
    });

    expect((await shop.post('/playground/database/start')).status).toBe(200);
    await eventually(async () => (await statuses())['database'] === 'healthy');
    expect((await shop.post('/orders', { productId: 'mug', quantity: 1 })).status).toBe(201);
    expect(shop.databasePid()).not.toBe(pid);
  });

  it('takes being told twice, and being told both at once', async () => {
    const answers = await Promise.all(['stop', 'stop', 'start', 'stop', 'start'].map(tellDatabase));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await tellDatabase('start');
    await eventually(async () => (await statuses())['database'] === 'healthy');
  });

  it('breaks the billing module, and mends it', async () => {
    await shop.post('/playground/billing/break');
    expect((await statuses())['module:billing']).toBe('unhealthy');
    expect((await shop.get('/health/ready')).status).toBe(503);
    expect((await shop.get(`/billing/invoices/${randomUUID()}`)).status).toBe(503);

    await shop.post('/playground/billing/mend');
    expect((await statuses())['module:billing']).toBe('healthy');
    await eventually(async () => (await shop.get('/health/ready')).status === 200);
  });

  it('answers no event id without a DSN', async () => {
    expect(await shop.post('/playground/error')).toEqual({ status: 200, body: { eventId: null } });
  });
});

const GAUGES_CALLED_TOTAL = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

describeWith('promtool', 'the metrics', () => {
  it('are accepted by promtool, but for three names that prom-client has given', async () => {
    await shop.post('/orders', { productId: 'mug', quantity: 1 });
    const input = await shop.metrics();
    expect(input).toContain('# TYPE orders_placed_total counter');
    expect(input).toContain('# TYPE order_value_euros histogram');
    const { stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input });
    const complaints = `${stderr.toString()}${stdout.toString()}`.trim().split('\n');
    expect(complaints.toSorted()).toEqual(
      GAUGES_CALLED_TOTAL.map(
        (name) => `${name} non-counter metrics should not have "_total" suffix`,
      ),
    );
  });
});
