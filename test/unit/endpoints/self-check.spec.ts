import { createServer, type RequestListener, type Server } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { checkLiveRoute } from '../../../lib/endpoints/self-check.js';

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

it('A server that hangs up gives no answer', async () => {
  const server = await serve((request) => void request.socket.destroy());
  expect(await checkLiveRoute(server, '/health/live')).toMatch(/^there was no answer: /);
});

it('Nothing is wrong with a server that hangs up because it has stopped listening', async () => {
  const server = await serve((request) => {
    server.close();
    request.socket.destroy();
  });
  expect(await checkLiveRoute(server, '/health/live')).toBeUndefined();
});

it('Nothing is wrong with a server that has stopped listening before it is asked', async () => {
  const server = await serve(() => {});
  server.close();
  expect(await checkLiveRoute(server, '/health/live')).toBeUndefined();
});
