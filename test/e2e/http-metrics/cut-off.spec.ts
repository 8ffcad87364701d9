import { Controller, Get } from '@nestjs/common';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { ask, open, requestText } from '../routes/wire.js';
import { countsOnce, inFlight, measured } from './reading.js';

/** More than the buffers of a connection hold, so that its client can leave in the middle. */
const LARGE = 'x'.repeat(50 * 1_024 * 1_024);

@Controller('orders')
class OrdersController {
  @Get('large')
  large(): string {
    return LARGE;
  }

  @Get('small')
  small(): string {
    return 'small';
  }
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('an answer made at once whose client leaves after its first bytes has status 499', async () => {
    const { get, url } = await boot(measured([OrdersController]), platform);
    const socket = await open(url);
    socket.write(requestText('GET /orders/large'));
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();

    expect(first.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await countsOnce(get, 1)).toEqual({ 'GET /orders/large 499': 1 });
    expect(await inFlight(get)).toBe(0);
  });

  it('a complete answer that is the last on its connection has its own status', async () => {
    const { get, url } = await boot(measured([OrdersController]), platform);
    // Each says `Connection: close`, and reads until the server hangs up.
    const small = await ask(url, 'GET /orders/small');
    const large = await ask(url, 'GET /orders/large');

    expect([small.body, large.body.length]).toEqual(['small', LARGE.length]);
    expect(await countsOnce(get, 2)).toEqual({
      'GET /orders/small 200': 1,
      'GET /orders/large 200': 1,
    });
  });
});
