import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { measured, samplesOf } from './reading.js';

@Controller('orders')
class OrdersController {
  @Get()
  list(): string {
    return 'orders';
  }
}

const BUCKET = 'http_request_duration_seconds_bucket';

async function boundsOf(get: (path: string) => Promise<Response>): Promise<string[]> {
  await get('/orders');
  return Object.keys(await samplesOf(get, BUCKET)).map((key) => key.split(' ').at(-1) ?? '');
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('the buckets are those of prom-client unless others are given', async () => {
    const { get } = await boot(measured([OrdersController]), platform);
    expect((await boundsOf(get)).slice(0, 3)).toEqual(['0.005', '0.01', '0.025']);
  });

  it('buckets that are given are those of the histogram', async () => {
    const module = measured([OrdersController], { http: { buckets: [0.1, 2, 60] } });
    const { get } = await boot(module, platform);
    expect(await boundsOf(get)).toEqual(['0.1', '2', '60', '+Inf']);
  });

  it('seconds are counted, and only those of the request', async () => {
    const module = measured([OrdersController], { http: { buckets: [3_600] } });
    const { get } = await boot(module, platform);
    await get('/orders');
    const [sum] = Object.values(await samplesOf(get, 'http_request_duration_seconds_sum'));
    expect(sum).toBeGreaterThan(0);
    expect(await samplesOf(get, BUCKET)).toMatchObject({ 'GET /orders 200 3600': 1 });
  });
});
