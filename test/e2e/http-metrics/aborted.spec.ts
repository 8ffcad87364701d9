import { Controller, Get, Module, Post, Res } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-observability';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { Gate } from '../../support/gate.js';
import { open, requestText } from '../routes/wire.js';
import { countsOnce, inFlight } from './reading.js';

function appThatWaits() {
  const reached = new Gate();
  const answer = new Gate();

  @Controller('orders')
  class OrdersController {
    @Get('slow/:id')
    async slow(): Promise<string> {
      reached.open();
      await answer.opened;
      return 'slow';
    }

    @Get('quick')
    quick(): string {
      return 'quick';
    }

    @Get('cut')
    cut(@Res() response: ServerResponse | { raw: ServerResponse }): void {
      const raw = 'raw' in response ? response.raw : response;
      raw.writeHead(200);
      raw.write('half');
      raw.destroy();
    }

    @Post('upload')
    upload(): string {
      return 'uploaded';
    }
  }

  @Module({
    imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
    controllers: [OrdersController],
  })
  class AppModule {}
  return { module: AppModule, reached, answer };
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a request whose client goes away before the answer has status 499, once', async () => {
    const { module, reached, answer } = appThatWaits();
    const { get, url } = await boot(module, platform);
    const socket = await open(url);
    socket.write(requestText('GET /orders/slow/1'));
    await reached.opened;
    socket.destroy();
    expect(await countsOnce(get, 1)).toEqual({ 'GET /orders/slow/:id 499': 1 });
    // What is said to nobody afterwards counts for nothing.
    answer.open();
    await get('/orders/quick');
    expect(await countsOnce(get, 2)).toEqual({
      'GET /orders/slow/:id 499': 1,
      'GET /orders/quick 200': 1,
    });
    expect(await inFlight(get)).toBe(0);
  });

  it('an answer that is cut in the middle has status 499, whatever its head has said', async () => {
    const { get } = await boot(appThatWaits().module, platform);
    await expect(get('/orders/cut').then((response) => response.text())).rejects.toThrow(
      /fetch failed|terminated/,
    );
    expect(await countsOnce(get, 1)).toEqual({ 'GET /orders/cut 499': 1 });
  });

  it('an upload that its client breaks off has status 499', async () => {
    const { get, url } = await boot(appThatWaits().module, platform);
    const socket = await open(url);
    const json = ['Content-Type: application/json', 'Content-Length: 1000'];
    socket.write(`${requestText('POST /orders/upload', ...json)}{"half":`);
    await get('/orders/quick');
    while ((await inFlight(get)) === 0);
    socket.destroy();
    const endpoint = platform === 'express' ? 'unmatched' : '/orders/upload';
    const samples = await countsOnce(get, 2);
    expect(Object.keys(samples).toSorted()).toEqual(
      ['GET /orders/quick 200', `POST ${endpoint} 499`].toSorted(),
    );
    expect(await inFlight(get)).toBe(0);
  });

  it('those that wait behind another when their client goes away have status 499 too', async () => {
    const { module, reached, answer } = appThatWaits();
    const { get, url } = await boot(module, platform);
    const socket = await open(url);
    socket.write(requestText('GET /orders/slow/1') + requestText('GET /orders/quick').repeat(3));
    await reached.opened;
    while ((await inFlight(get)) !== 4);
    socket.destroy();
    const samples = await countsOnce(get, 4);
    expect(samples).toEqual({ 'GET /orders/slow/:id 499': 1, 'GET /orders/quick 499': 3 });
    answer.open();
    expect(await inFlight(get)).toBe(0);
  });

  it('those that wait behind another and are answered have their own status', async () => {
    const { module, reached, answer } = appThatWaits();
    const { get, url } = await boot(module, platform);
    const socket = await open(url);
    socket.resume();
    socket.write(
      requestText('GET /orders/slow/1') +
        requestText('GET /orders/quick') +
        requestText('GET /nowhere', 'Connection: close'),
    );
    await reached.opened;
    answer.open();
    await once(socket, 'close');
    expect(await countsOnce(get, 3)).toEqual({
      'GET /orders/slow/:id 200': 1,
      'GET /orders/quick 200': 1,
      'GET unmatched 404': 1,
    });
    expect(await inFlight(get)).toBe(0);
  });
});
