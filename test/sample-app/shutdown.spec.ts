import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, isAlive, Shop } from './shop.js';

function startShop(env: Readonly<Record<string, string>> = {}): Shop {
  const shop = new Shop(env);
  onTestFinished(() => shop.cleanUp());
  return shop;
}

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends the shop, its database and its data',
    async (signal) => {
      const shop = await startShop().opens();
      const pid = shop.databasePid() ?? Number.NaN;
      expect(isAlive(pid)).toBe(true);

      expect(await shop.end(signal)).toEqual({ code: 0, signal: null });
      expect(isAlive(pid)).toBe(false);
      expect(shop.leftovers()).toEqual([]);
      expect(shop.output).not.toContain('ERROR');
    },
  );

  it('takes the shop out of traffic, and ends it after DRAIN_MS', async () => {
    const shop = await startShop({ DRAIN_MS: '1000' }).opens();
    const ended = shop.end();
    await eventually(async () => (await shop.get('/health/ready')).status === 503);
    expect((await shop.get('/products')).status).toBe(200);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(shop.leftovers()).toEqual([]);
  });

  it('ends the shop when npm gets it, as npm hands it only to the shell between', async () => {
    const shop = new Shop({}, ['npm', 'start']);
    onTestFinished(() => shop.cleanUp());
    const pid = (await shop.opens()).databasePid() ?? Number.NaN;

    await shop.end();
    expect(isAlive(pid)).toBe(false);
    expect(shop.leftovers()).toEqual([]);
  });

  it('ends a shop whose database is stopped', async () => {
    const shop = await startShop().opens();
    await shop.post('/playground/database/stop');
    await shop.end();
    expect(shop.leftovers()).toEqual([]);
  });

  it('ends a shop that is still creating its database', async () => {
    const shop = await startShop().says('Starting an embedded PostgreSQL');
    await shop.end();
    expect(shop.leftovers()).toEqual([]);
  });

  it('ends a shop whose database has just come up', async () => {
    const shop = startShop();
    await shop.says('Starting an embedded PostgreSQL');
    let pid = Number.NaN;
    await eventually(() => !Number.isNaN((pid = pidOf(shop))));
    await shop.end();
    expect(isAlive(pid)).toBe(false);
    expect(shop.leftovers()).toEqual([]);
  });
});

describe('a port that cannot be', () => {
  it('is refused before anything is started', async () => {
    const shop = startShop({ PORT: 'eighty' });
    expect(await shop.ended).toEqual({ code: 1, signal: null });
    expect(shop.output).toContain('PORT is "eighty"; accepted is a number from 0 to 65535.');
  });

  it('is refused when another process has it, and the database is stopped', async () => {
    const other = createServer().listen(0);
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const shop = startShop({ PORT: String(port) });
    expect(await shop.ended).toEqual({ code: 1, signal: null });
    expect(shop.output).toContain(`Port ${port} is in use.`);
    expect(shop.leftovers()).toEqual([]);
  });
});

/** The data directory comes and goes while it is looked at. */
function pidOf(shop: Shop): number {
  try {
    return shop.databasePid() ?? Number.NaN;
  } catch {
    return Number.NaN;
  }
}
