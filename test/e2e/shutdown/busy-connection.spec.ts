import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { StoppingApp } from './stopping-app.js';

/** Sends a request, and from its end on one after the other, as long as there is a connection. */
function keepAsking(port: number, first: string): { readonly closed: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  const send = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: a.example\r\n\r\n`);
  send(first);
  let received = '';
  socket.on('data', (data) => {
    received += String(data);
    // The end of a chunked body, or a body that has come in one piece with its head.
    if (/\r\n0\r\n\r\n$|\}$/.test(String(data))) send('/work');
  });
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(received));
    // Writing to what the other side has closed is what this is about.
    socket.on('error', () => {});
  });
  return { closed };
}

describe.concurrent.each(PLATFORMS)(
  'a client of an application on %s that never stops',
  (platform) => {
    it('keeps no process alive by a request that is in flight at the signal', async () => {
      const app = await StoppingApp.open({ platform, options: { drainMs: 200 } });
      const { closed } = keepAsking(app.port, '/slow?ms=1500');
      await app.story.tells('started');
      await app.gets('SIGTERM');

      expect(await closed).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*connection: close\r\n/i);
      expect(await app.end).toBe(0);
    });

    it('keeps no process alive by an answer that began before the signal and ends while the application closes', async () => {
      const options = { drainMs: 100, forceExitMs: 6_000 };
      const app = await StoppingApp.open({ platform, options });
      const { closed } = keepAsking(app.port, '/stream');
      await app.story.tells('started');
      await app.gets('SIGTERM');
      await app.story.tells('hook', 'onModuleDestroy');
      app.do('release');

      expect(await closed).toContain('last');
      expect(await app.end).toBe(0);
    });
  },
);
