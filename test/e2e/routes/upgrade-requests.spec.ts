import { Module } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-observability';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { answersIn, ask, exchange, open, requestText } from './wire.js';

const ALIVE = '{"status":"alive"}';
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

@Module({ imports: [ObservabilityModule.forRoot()] })
class AppModule {}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a request to speak another protocol is answered in this one where nobody speaks it', async () => {
    const { url } = await boot(AppModule, platform);
    const socket = await open(url);
    socket.write(requestText('GET /health/live', ...UPGRADE));
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(answersIn(bytes.toString('latin1'))).toMatchObject([{ status: 200, body: ALIVE }]);
  });

  it('such a request is for who speaks it where there is one, and every other request is answered', async () => {
    const { app, url } = await boot(AppModule, platform);
    const asked: unknown[] = [];
    (app.getHttpServer() as Server).on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      asked.push(request.url);
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
    });
    expect(await exchange(url, requestText('GET /socket', ...UPGRADE))).toMatch(/^HTTP\/1\.1 101 /);
    expect(await exchange(url, requestText('GET /health/live', ...UPGRADE))).toMatch(
      /^HTTP\/1\.1 101 /,
    );
    expect(asked).toEqual(['/socket', '/health/live']);
    expect((await ask(url, 'GET /health/live')).body).toBe(ALIVE);
    expect((await ask(url, 'GET /health/live', 'Upgrade: websocket')).body).toBe(ALIVE);
  });
});
