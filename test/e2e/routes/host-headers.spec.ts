import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule } from 'nestjs-observability';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS, type Platform } from '../../support/boot.js';
import { ask } from './wire.js';

type Next = () => void;

const ROUTES = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];

@Controller('orders')
class OrdersController {
  @Get()
  list(): string {
    return 'orders';
  }
}

@Module({ imports: [ObservabilityModule.forRoot()], controllers: [OrdersController] })
class AppModule {}

/** Sets headers as helmet does. */
function harden(_request: IncomingMessage, response: ServerResponse, next: Next): void {
  response.setHeader('Content-Security-Policy', "default-src 'self'");
  response.setHeader('Strict-Transport-Security', 'max-age=31536000');
  response.setHeader('X-Content-Type-Options', 'something else');
  next();
}

/** Sends what comes after it through gzip, as compression does. */
function compress(_request: IncomingMessage, response: ServerResponse, next: Next): void {
  const gzip = createGzip();
  const write = response.write.bind(response);
  const writeHead = response.writeHead.bind(response);
  const end = response.end.bind(response);
  gzip.on('data', (chunk: Buffer) => write(chunk));
  gzip.on('end', () => end());
  response.setHeader('Content-Encoding', 'gzip');
  response.write = ((chunk: string) => gzip.write(chunk)) as never;
  response.writeHead = ((code: number, headers: Record<string, string> = {}) => {
    response.removeHeader('Content-Length');
    const { 'content-length': _, ...others } = headers;
    return writeHead(code, others);
  }) as never;
  response.end = ((chunk?: string) => gzip.end(chunk)) as never;
  next();
}

/** Adds headers of a session and of a cache. */
function remember(_request: IncomingMessage, response: ServerResponse, next: Next): void {
  response.setHeader('Set-Cookie', 'session=1');
  response.setHeader('ETag', '"x"');
  response.setHeader('Cache-Control', 'public, max-age=3600');
  next();
}

/** Changes each answer at the latest moment at which a framework lets one. */
function stampLate(app: INestApplication, platform: Platform): void {
  if (platform === 'fastify') {
    const fastify = (app.getHttpAdapter() as unknown as FastifyAdapter).getInstance();
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      void reply.header('X-Stamp', 'late');
      done(null, 'stamped');
    });
    return;
  }
  app.use((_request: IncomingMessage, response: ServerResponse, next: Next) => {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (code: number) => {
      response.setHeader('X-Stamp', 'late');
      return writeHead(code);
    };
    next();
  });
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it.each<[string, (app: INestApplication) => void, string]>([
    ['a middleware that hardens headers', (app) => app.use(harden), 'strict-transport-security'],
    ['a middleware that compresses', (app) => app.use(compress), 'content-encoding'],
    ['a middleware of sessions and caches', (app) => app.use(remember), 'set-cookie'],
    [
      'CORS',
      (app) => app.enableCors({ origin: 'http://shop.example.com' }),
      'access-control-allow-origin',
    ],
    ['a hook at the end of it all', (app) => stampLate(app, platform), 'x-stamp'],
  ])('%s has no part in the answers, and in all others', async (_what, prepare, header) => {
    const { url } = await boot(AppModule, platform, prepare);
    for (const path of ROUTES) {
      const { status, headers, body } = await ask(url, `GET ${path}`, 'Accept-Encoding: gzip');
      expect([path, status]).toEqual([path, 200]);
      expect(body).toHaveLength(Number(headers['content-length']));
      expect(Object.keys(headers).toSorted()).toEqual(
        [
          'cache-control',
          'connection',
          'content-length',
          'content-security-policy',
          'content-type',
          'date',
          ...(['/health', '/metrics'].includes(path) ? ['vary'] : []),
          'x-content-type-options',
        ].toSorted(),
      );
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      });
    }
    expect((await ask(url, 'GET /orders', 'Accept-Encoding: gzip')).headers).toHaveProperty(header);
  });
});
