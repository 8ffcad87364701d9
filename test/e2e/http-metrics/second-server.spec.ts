import { Controller, Get } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { boot } from '../../support/boot.js';
import { open, requestText } from '../routes/wire.js';
import { counts, inFlight, measured } from './reading.js';

@Controller()
class HangingController {
  @Get('hang')
  hang(): Promise<string> {
    return new Promise(() => {});
  }
}

it('Requests that wait behind another on a second server of Express end with their connection', async () => {
  const { app, get } = await boot(measured([HangingController]));
  const server = createServer(app.getHttpAdapter().getInstance() as RequestListener);
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;

  const socket = await open({ host: '127.0.0.1', port });
  socket.write(requestText('GET /hang').repeat(3));
  while ((await inFlight(get)) !== 3);
  socket.destroy();

  await expect.poll(() => counts(get), { timeout: 10_000 }).toEqual({ 'GET /hang 499': 3 });
  expect(await inFlight(get)).toBe(0);
});
