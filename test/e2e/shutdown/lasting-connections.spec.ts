import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { StoppingApp } from './stopping-app.js';

const FORCE_EXIT_MS = 10_000;

/** Asks for something, and never hangs up. */
async function asks(app: StoppingApp, path: string, ...headers: string[]): Promise<Socket> {
  const socket = connect(app.port, '127.0.0.1');
  // It is cut off in the end.
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.write([`GET ${path} HTTP/1.1`, 'Host: a.example', ...headers, '', ''].join('\r\n'));
  await once(socket, 'data');
  socket.resume();
  return socket;
}

describe.each(PLATFORMS)(
  'on %s the process ends with code 0 before it is forced to',
  (platform) => {
    it('where a connection speaks another protocol by now', async () => {
      const options = { drainMs: 50, forceExitMs: FORCE_EXIT_MS };
      const app = await StoppingApp.open({ platform, options });
      const socket = await asks(app, '/socket', 'Connection: Upgrade', 'Upgrade: websocket');
      await app.gets('SIGTERM');

      if (!socket.closed) await once(socket, 'close');
      expect(await app.end).toBe(0);
      expect(app.story.logged('error')).toBe('');
    });

    it('where an answer never ends, and the signal came when the application had begun to close', async () => {
      const app = await StoppingApp.open({ platform, options: { forceExitMs: FORCE_EXIT_MS } });
      await asks(app, '/stream');
      app.do('close');
      await app.story.tells('hook', 'beforeApplicationShutdown');
      await app.gets('SIGTERM');

      expect(await app.end).toBe(0);
      expect(app.story.hooks()).toHaveLength(4);
      expect(app.story.logged('error')).toBe('');
    });
  },
);
