import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { connect, Socket, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { createRequestHandler } from '../../../lib/endpoints/request-handler.js';
import { DEFAULT_PATHS } from '../../../lib/endpoints/route-path.js';
import type { Route } from '../../../lib/endpoints/routes.js';

const ANSWER = { statusCode: 200, headers: { 'Content-Type': 'text/plain' }, body: 'never sent' };

/** Serves one route by somebody who has sent a head already. @returns its port. */
async function serveLate(route: Route, complain: (problem: string) => void): Promise<number> {
  const routes = { health: route, live: route, ready: route, metrics: route, tools: route };
  const handle = createRequestHandler(routes, DEFAULT_PATHS, complain);
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Length': 100 }).flushHeaders();
    handle(request, response);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

it.each<[string, Route]>([
  ['at once', () => ANSWER],
  ['later', () => Promise.resolve(ANSWER)],
])(
  'An answer that comes %s and cannot be sent is complained of, and ends the connection',
  async (_when, route) => {
    const problems: string[] = [];
    const port = await serveLate(route, (problem) => problems.push(problem));
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write('GET /health/live?token=hunter2 HTTP/1.1\r\nHost: a.example\r\n\r\n');
    expect(await text(socket)).not.toContain(ANSWER.body);
    expect(problems).toEqual([
      expect.stringMatching(/^A request for \/health\/live got no answer: .*headers/i),
    ]);
  },
);

/** Whether a request with this target is taken for one of the routes. */
function isOurs(target: string): boolean {
  const route: Route = () => ANSWER;
  const routes = { health: route, live: route, ready: route, metrics: route, tools: route };
  const handle = createRequestHandler(
    routes,
    { ...DEFAULT_PATHS, live: '/Alive', tools: undefined },
    () => {},
  );
  const request = Object.assign(new IncomingMessage(new Socket()), { url: target });
  return handle(request, new ServerResponse(request));
}

it.each([
  '/health',
  '/HEALTH?page=1',
  '/health/ready/',
  '/metrics',
  '/Metrics',
  '/alive',
  '/Alive',
  '/%61live',
  '/%4Detrics',
  'http://a.example/metrics',
  'HTTPS://a.example/%48ealth',
])('%s is for one of the routes', (target) => {
  expect(isOurs(target)).toBe(true);
});

it.each([
  '',
  '/',
  '*',
  '/?/health',
  '//health',
  '/orders',
  '/Orders',
  '/healthy',
  '/metric',
  '/health/tools',
  '/%',
  '/%6Frders',
  'health',
  'http://a.example/orders',
])('"%s" is for the application', (target) => {
  expect(isOurs(target)).toBe(false);
});
