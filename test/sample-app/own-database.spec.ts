import { expect, it, onTestFinished } from 'vitest';
import { EmbeddedPostgres } from '../../sample-app/database/embedded-postgres.js';
import { eventually, Shop } from './shop.js';

it('DATABASE_URL makes the shop use that database, start nothing and stop nothing', async () => {
  const database = await EmbeddedPostgres.create();
  onTestFinished(() => database.remove());
  await database.start();
  const open = async (): Promise<Shop> => {
    const shop = new Shop({ DATABASE_URL: database.url });
    onTestFinished(() => shop.cleanUp());
    return shop.opens();
  };

  const shop = await open();
  expect(shop.leftovers()).toEqual([]);
  await eventually(async () => (await shop.get('/health/ready')).status === 200);
  const placed = await shop.post<{ id: string }>('/orders', { productId: 'mug', quantity: 1 });
  expect(placed.status).toBe(201);
  for (const what of ['stop', 'start']) {
    expect(await shop.post(`/playground/database/${what}`)).toMatchObject({
      status: 409,
      body: {
        message: 'The database is the one of DATABASE_URL: stop and start it where it runs.',
      },
    });
  }
  await shop.end();

  // The second shop finds what the first has left.
  const second = await open();
  expect(await second.get(`/orders/${placed.body.id}`)).toEqual({ status: 200, body: placed.body });
  expect(await second.get('/products/mug')).toMatchObject({ body: { stock: 499 } });
});

it('ends with a message when the database of DATABASE_URL does not answer', async () => {
  const shop = new Shop({ DATABASE_URL: 'postgres://shop:secret@127.0.0.1:1/shop' });
  onTestFinished(() => shop.cleanUp());
  expect(await shop.ended).toEqual({ code: 1, signal: null });
  expect(shop.output).toContain('The database of DATABASE_URL does not answer');
  expect(shop.output).not.toContain('secret');
});
