import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { ask } from '../routes/wire.js';
import { counts, measured } from './reading.js';

@Controller('orders')
class OrdersController {
  @Get(':id')
  one(): string {
    return 'one';
  }
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('what no route matches is one endpoint, whatever the path', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    await get('/nowhere/1');
    await get('/nowhere/2');
    await get('/orders/1/lines', { method: 'PUT' });
    expect(await counts(get)).toEqual({ 'GET unmatched 404': 2, 'PUT unmatched 404': 1 });
  });

  it('a method that the path does not have matches nothing', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    await get('/orders/1', { method: 'DELETE' });
    expect(await counts(get)).toEqual({ 'DELETE unmatched 404': 1 });
  });

  it('a malformed URL matches nothing', async () => {
    const { get, url } = await boot(measured([OrdersController]), platform);
    const { status } = await ask(url, 'GET /orders/%E0%A4%A');
    expect(status).toBe(400);
    expect(await counts(get)).toEqual({ 'GET unmatched 400': 1 });
  });

  it('no path is ever a label', async () => {
    const { get, url } = await boot(measured([OrdersController]), platform);
    await ask(url, 'GET /secret-path?token=secret-path');
    await ask(url, 'GET http://secret-path/secret-path');
    await ask(url, 'OPTIONS *');
    const exposition = await (await get('/metrics')).text();
    expect(exposition).not.toContain('secret-path');
    const endpoints = Object.keys(await counts(get)).map((key) => key.split(' ')[1]);
    expect([...new Set(endpoints)]).toEqual(['unmatched']);
  });
});
