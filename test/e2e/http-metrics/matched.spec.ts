import { All, Controller, Delete, Get, HttpCode, Post, Redirect } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { counts, measured, samplesOf } from './reading.js';

@Controller('orders')
class OrdersController {
  @Get(':id')
  one(): string {
    return 'one';
  }

  @Post()
  create(): object {
    return {};
  }

  @Delete(':id')
  @HttpCode(204)
  remove(): void {}

  @Get('old/:id')
  @Redirect('/orders/1', 301)
  moved(): void {}

  @All('any')
  any(): string {
    return 'any';
  }
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a request is counted by method, pattern and status', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    await get('/orders/1');
    await get('/orders/2?page=3');
    await get('/orders', { method: 'POST' });
    await get('/orders/1', { method: 'DELETE' });
    await get('/orders/old/7', { redirect: 'manual' });
    await get('/orders/any', { method: 'PUT' });
    expect(await counts(get)).toEqual({
      'GET /orders/:id 200': 2,
      'POST /orders 201': 1,
      'DELETE /orders/:id 204': 1,
      'GET /orders/old/:id 301': 1,
      'PUT /orders/any 200': 1,
    });
  });

  it('HEAD is a method of its own on the pattern of GET', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    await get('/orders/1', { method: 'HEAD' });
    expect(await counts(get)).toEqual({ 'HEAD /orders/:id 200': 1 });
  });

  it('each request is in the histogram once, with the same labels', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    for (const id of [1, 2, 3]) await get(`/orders/${id}`);
    await get('/nowhere');
    const expected = { 'GET /orders/:id 200': 3, 'GET unmatched 404': 1 };
    expect(await counts(get)).toEqual(expected);
    expect(await samplesOf(get, 'http_request_duration_seconds_count')).toEqual(expected);
  });
});
