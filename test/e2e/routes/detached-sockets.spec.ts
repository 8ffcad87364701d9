import { Module } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-observability';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { RequestsInFlight } from '../../../lib/endpoints/requests-in-flight.js';
import { boot, PLATFORMS } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { open, requestText } from './wire.js';

@Module({ imports: [ObservabilityModule.forRoot()] })
class AppModule {}

it.each(PLATFORMS)(
  'A request whose connection the application on %s has taken for itself is in flight until that closes',
  async (platform) => {
    const { app, url } = await boot(AppModule, platform, (host) => {
      host.use((_request: unknown, response: ServerResponse) => {
        const socket = response.socket as Socket;
        response.detachSocket(socket);
        socket.write('taken');
      });
    });
    const inFlight = app.get(RequestsInFlight);
    // That of the module itself, when the application began to listen.
    await inFlight.none();
    const socket = await open(url);
    socket.write(requestText('GET /orders'));
    const [said] = (await once(socket, 'data')) as [Buffer];
    expect(String(said)).toBe('taken');

    let idle = false;
    const ended = inFlight.none().then(() => {
      idle = true;
    });
    await settle();
    expect(idle).toBe(false);
    socket.destroy();
    await ended;
  },
);
