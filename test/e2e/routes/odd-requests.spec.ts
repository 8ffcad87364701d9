import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule } from 'nestjs-observability';
import { once } from 'node:events';
import { request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { answersIn, ask, exchange, open, readAll, requestText } from './wire.js';

const ALIVE = '{"status":"alive"}';
const ROUTES = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];

@Controller('orders')
class OrdersController {
  @Get()
  list(): string {
    return 'orders';
  }

  @Post()
  add(@Body() body: unknown): unknown {
    return body;
  }
}

@Module({ imports: [ObservabilityModule.forRoot()], controllers: [OrdersController] })
class AppModule {}

/** A title has room for the beginning of a target. */
function shown(targets: readonly string[]): [string, string][] {
  return targets.map((target) => [target.slice(0, 50), target]);
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it.each(
    shown([
      '/health/live/',
      '/health/live?',
      '/health/live??&&==%',
      '/health/live?%E0%A4%A',
      '/health/live?path=/metrics',
      '/health/live/?x=/',
      '/HEALTH/LIVE',
      '/Health/Live/',
      '/%68ealth/live',
      '/health/l%69ve',
      '/%48EALTH/%4cive/?x',
      'http://shop.example.com/health/live',
      'HTTPS://user@shop.example.com:8443/Health/live/?x',
      `/health/live?${'q'.repeat(12_000)}`,
    ]),
  )('%s is the route', async (_shown, target) => {
    const { url } = await boot(AppModule, platform);
    expect(await ask(url, `GET ${target}`)).toMatchObject({ status: 200, body: ALIVE });
  });

  it.each(
    shown([
      '//health/live',
      '/health//live',
      '/health/live//',
      '/health/./live',
      '/orders/../health/live',
      '/health/live/..',
      '/health%2Flive',
      '/health%2flive',
      '/health\\live',
      '/health/live;x=1',
      '/health/live%00',
      '/health/live%20',
      '/health/live%3Fx',
      '/health/live%23x',
      '/health/live%',
      '/%E0%A4%A',
      '/health/li%C5%BFe',
      '/health/%6C%69%76%65%2e',
      '/%2568ealth/live',
      `/health/live/${'a'.repeat(8_000)}`,
      'http://shop.example.com',
      'http://',
      'ftp://shop.example.com/health/live',
    ]),
  )('%s is not the route, and no fault of the server', async (_shown, target) => {
    const { url } = await boot(AppModule, platform);
    const { status, headers } = await ask(url, `GET ${target}`);
    expect([400, 404, 414]).toContain(status);
    expect(headers['cache-control']).toBeUndefined();
    expect((await ask(url, 'GET /health/live')).body).toBe(ALIVE);
  });

  it('a query of a megabyte is refused by Node.js, and the next request is answered', async () => {
    const { url } = await boot(AppModule, platform);
    const socket = await open(url);
    socket.write(requestText(`GET /health/live?${'q'.repeat(1_000_000)}`));
    // Whoever still sends while the server hangs up may see a reset connection instead of the answer.
    expect(await readAll(socket)).toMatch(/^(HTTP\/1\.1 431 .*)?/);
    expect((await ask(url, 'GET /health/live')).body).toBe(ALIVE);
  });

  it('a client of HTTP/1.0 that names no host is answered, and hung up on', async () => {
    const { url } = await boot(AppModule, platform);
    for (const path of ROUTES) {
      const [answer] = answersIn(await exchange(url, `GET ${path} HTTP/1.0\r\n\r\n`));
      expect([answer?.status, answer?.headers['connection']]).toEqual([200, 'close']);
    }
  });

  it('the same connection serves a client that keeps it', async () => {
    const { url } = await boot(AppModule, platform);
    const socket = await open(url);
    const received = readAll(socket);
    for (const path of ROUTES) {
      socket.write(requestText(`GET ${path}`));
      await once(socket, 'data');
    }
    socket.write(requestText('GET /orders', 'Connection: close'));
    const answers = answersIn(await received);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(answers.at(-1)?.body).toBe('orders');
  });

  it.each(ROUTES)('%s has for HEAD the headers of GET, and not one byte of body', async (path) => {
    const { url } = await boot(AppModule, platform);
    const bytes = await exchange(url, requestText(`HEAD ${path}`, 'Connection: close'));
    expect(bytes).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(bytes.indexOf('\r\n\r\n')).toBe(bytes.length - 4);
    const [head] = answersIn(bytes, ['HEAD']);
    const full = await ask(url, `GET ${path}`);
    const { date: _, ...headers } = full.headers;
    // The latency in the report has more or fewer digits each time; there is no check here.
    expect(head?.headers).toMatchObject(headers);
    expect(full.body).toHaveLength(Number(full.headers['content-length']));
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'LINK'])(
    '%s is refused on all five with the methods that are not',
    async (method) => {
      const { url } = await boot(AppModule, platform);
      for (const path of ROUTES) {
        const { status, headers } = await ask(url, `${method} ${path}`);
        expect([path, status, headers['allow']]).toEqual([path, 405, 'GET, HEAD']);
        expect(headers['cache-control']).toBe('no-store');
      }
    },
  );

  it('a preflight request of CORS is refused like any other OPTIONS', async () => {
    const { url } = await boot(AppModule, platform, (app) => app.enableCors({ origin: '*' }));
    const asks = ['Origin: http://evil.example.com', 'Access-Control-Request-Method: GET'];
    const { status, headers } = await ask(url, 'OPTIONS /health', ...asks);
    expect(status).toBe(405);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('OPTIONS for the server as a whole is the application’s own', async () => {
    const { url } = await boot(AppModule, platform);
    expect((await ask(url, 'OPTIONS *')).headers['allow']).not.toBe('GET, HEAD');
    expect((await ask(url, 'GET /health/live')).status).toBe(200);
  });

  it('CONNECT ends the connection, and nothing else', async () => {
    const { url } = await boot(AppModule, platform);
    await exchange(url, requestText('CONNECT /health/live'));
    expect((await ask(url, 'GET /health/live')).status).toBe(200);
  });

  it('a body of ten megabytes is refused, and the connection can be used again', async () => {
    const { url } = await boot(AppModule, platform);
    const socket = await open(url);
    const received = readAll(socket);
    const body = 'x'.repeat(10_000_000);
    socket.write(requestText('POST /health', `Content-Length: ${body.length}`) + body);
    socket.write(requestText('GET /health/live', 'Connection: close'));
    const answers = answersIn(await received);
    expect(answers.map(({ status }) => status)).toEqual([405, 200]);
    expect(answers[1]?.body).toBe(ALIVE);
  });

  it.each([
    ['is no JSON', 'application/json', '{"a":'],
    ['names a charset that nobody knows', 'application/json; charset=klingon', '{}'],
    ['is of a type that nobody knows', 'application/x-unknown', 'abc'],
  ])('a body that %s meets no body parser', async (_what, type, body) => {
    const { get } = await boot(AppModule, platform);
    const init = { method: 'POST', headers: { 'Content-Type': type }, body };
    expect((await get('/health', init)).status).toBe(405);
    expect((await get('/health/live', init)).status).toBe(405);
  });

  it('a GET with a body is answered, in one piece or in chunks', async () => {
    const { url } = await boot(AppModule, platform);
    const chunked = 'Transfer-Encoding: chunked';
    const bytes =
      `${requestText('GET /health/live', 'Content-Length: 5')}abcde` +
      `${requestText('GET /health/live', chunked, 'Connection: close')}5\r\nabcde\r\n0\r\n\r\n`;
    const answers = answersIn(await exchange(url, bytes));
    expect(answers.map(({ body }) => body)).toEqual([ALIVE, ALIVE]);
  });

  it.each([
    'If-None-Match: *',
    'If-None-Match: "x", W/"y"',
    'If-Match: "x"',
    'If-Modified-Since: Wed, 01 Jan 2250 00:00:00 GMT',
    'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
    'If-Range: "x"',
    'Range: bytes=0-0',
    'Range: bytes=9999-',
    'Accept: application/pdf',
    'Accept: ,;q=,*',
    'Accept-Encoding: br, gzip, identity;q=0',
    'Accept-Language: tlh',
    'Cache-Control: only-if-cached',
    'TE: trailers',
    'X-HTTP-Method-Override: DELETE',
    'Cookie: =;=; a',
    'Authorization: Bearer',
    'X-Forwarded-Host: evil.example.com',
  ])('“%s” changes nothing in any answer', async (header) => {
    const { url } = await boot(AppModule, platform);
    for (const path of ROUTES) {
      const { status, headers, body } = await ask(url, `GET ${path}`, header);
      expect([path, status, headers['cache-control']]).toEqual([path, 200, 'no-store']);
      expect(body).toHaveLength(Number(headers['content-length']));
      for (const absent of ['etag', 'last-modified', 'content-range', 'content-encoding']) {
        expect(headers).not.toHaveProperty(absent);
      }
    }
  });

  it('a client that expects to be told to go on is told so, and answered', async () => {
    const { url } = await boot(AppModule, platform);
    const sent = request(`${url}/health/live`, { headers: { Expect: '100-continue' } });
    sent.flushHeaders();
    const continued = once(sent, 'continue');
    const responded = once(sent, 'response');
    await continued;
    sent.end();
    const [response] = (await responded) as [IncomingMessage];
    expect([response.statusCode, await text(response)]).toEqual([200, ALIVE]);
  });

  it('such a client is answered where the application itself tells who may go on', async () => {
    const { app, url } = await boot(AppModule, platform);
    const asked: unknown[] = [];
    const server = app.getHttpServer() as Server;
    server.on('checkContinue', ({ url: path }: IncomingMessage, response: ServerResponse) => {
      asked.push(path);
      response.writeHead(417, { 'Content-Length': 0 }).end();
    });
    for (const path of ROUTES) {
      expect([path, (await ask(url, `GET ${path}`, 'Expect: 100-continue')).status]).toEqual([
        path,
        200,
      ]);
    }
    expect((await ask(url, 'POST /orders', 'Expect: 100-continue')).status).toBe(417);
    expect(asked).toEqual(['/orders']);
  });

  it('what Node.js refuses on its own stays refused, and hurts nobody', async () => {
    const { url } = await boot(AppModule, platform);
    const refused = [
      'GET /health/live HTTP/1.1\r\n\r\n',
      requestText('FOO /health/live'),
      requestText('GET /health/live', 'Content-Length: -1'),
      requestText('GET /health/live', 'Transfer-Encoding: chunked', 'Content-Length: 3'),
      'GET /health/live HTTP/9.9\r\n\r\n',
      '\0\0\0\0',
    ];
    for (const bytes of refused) expect(await exchange(url, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await ask(url, 'GET /health/live')).body).toBe(ALIVE);
  });
});

it('a query of a megabyte is ignored by a server that reads so much', async () => {
  const adapter = new FastifyAdapter({ http: { maxHeaderSize: 2_000_000 } });
  const app = await NestFactory.create(AppModule, adapter, { logger: false });
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const target = `/health/live?${'%'.repeat(1_000_000)}`;
  const answer = await ask({ host: '127.0.0.1', port }, `GET ${target}`);
  expect([answer.status, answer.body]).toEqual([200, ALIVE]);
});
