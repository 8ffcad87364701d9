import {
  All,
  Catch,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Module,
  VersioningType,
  type CanActivate,
  type ExceptionFilter,
  type INestApplication,
  type MiddlewareConsumer,
  type NestInterceptor,
  type NestModule,
  type PipeTransform,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule } from 'nestjs-observability';
import { request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { map } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot, PLATFORMS, type BootedApp } from '../../support/boot.js';

type Next = () => void;

class DenyEveryone implements CanActivate {
  canActivate(): never {
    throw new ForbiddenException();
  }
}

class WrapEverything implements NestInterceptor {
  intercept: NestInterceptor['intercept'] = (_context, next) =>
    next.handle().pipe(map((data: unknown) => ({ data })));
}

class RefuseEverything implements PipeTransform {
  transform(): never {
    throw new ForbiddenException();
  }
}

@Catch()
class CatchEverything implements ExceptionFilter {
  catch(): void {}
}

@Controller()
class CatchAllController {
  @All('*')
  all(): string {
    return 'the catch-all';
  }
}

/** Lets a number of requests pass in all. */
class Throttle implements CanActivate {
  #passed = 0;

  canActivate(): boolean {
    this.#passed += 1;
    if (this.#passed > 1) throw new HttpException('too many', 429);
    return true;
  }
}

@Controller()
class PatternController {
  @Get(':anything')
  anything(): string {
    return 'a pattern';
  }

  @Get('health/:part')
  part(): string {
    return 'a pattern';
  }

  @All('health/*')
  rest(): string {
    return 'a pattern';
  }
}

@Module({ imports: [ObservabilityModule.forRoot()] })
class PlainModule {}

@Module({ imports: [ObservabilityModule.forRoot()], controllers: [PatternController] })
class PatternModule {}

@Module({
  imports: [ObservabilityModule.forRoot()],
  providers: [{ provide: APP_GUARD, useClass: DenyEveryone }],
})
class GuardedModule {}

@Module({ imports: [ObservabilityModule.forRoot()], controllers: [CatchAllController] })
class CatchAllModule {}

@Module({ imports: [ObservabilityModule.forRoot()] })
class MiddlewareModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(redirectToLogin).forRoutes('*');
  }
}

function redirectToLogin(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(302, { Location: '/login' }).end();
}

function versionedBy(type: VersioningType.HEADER | VersioningType.MEDIA_TYPE) {
  return (app: INestApplication): void => {
    const defaultVersion = '1';
    app.enableVersioning(
      type === VersioningType.HEADER
        ? { type, header: 'X-Version', defaultVersion }
        : { type, key: 'v=', defaultVersion },
    );
  };
}

function refuseTypes(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(415).end();
}

function fail(): never {
  throw new Error('the middleware is broken');
}

function failLater(): Promise<never> {
  return Promise.reject(new Error('the middleware is broken'));
}

function hangUp(incoming: IncomingMessage): void {
  incoming.socket.destroy();
}

function rename(incoming: IncomingMessage, _response: ServerResponse, next: Next): void {
  incoming.url = '/login';
  incoming.method = 'POST';
  next();
}

function sabotage(app: INestApplication): void {
  app.setGlobalPrefix('api');
  versionedBy(VersioningType.HEADER)(app);
  app.useGlobalGuards(new DenyEveryone());
  app.useGlobalInterceptors(new WrapEverything());
  app.useGlobalPipes(new RefuseEverything());
  app.useGlobalFilters(new CatchEverything());
  app.use(rename);
  app.use(hangUp);
}

async function answers(app: Pick<BootedApp, 'get'>): Promise<unknown[]> {
  const paths = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];
  const responses = await Promise.all(paths.map((path) => app.get(path, { redirect: 'manual' })));
  expect(responses.map((response) => response.status)).toEqual([200, 200, 200, 200, 200]);
  expect(await responses[0]?.json()).toMatchObject({ status: 'healthy', checks: [] });
  expect(await responses[1]?.json()).toEqual({ status: 'alive' });
  expect(await responses[2]?.json()).toEqual({ status: 'ready', health: 'healthy' });
  expect(await responses[3]?.text()).toMatch(/^# Metrics are off/);
  expect(await responses[4]?.json()).toEqual({ flower: null, grafana: null, prometheus: null });
  return responses;
}

/** Listens with an application that has not come up yet. */
async function listen(app: INestApplication): Promise<Pick<BootedApp, 'get'>> {
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { get: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init) };
}

describe.each(PLATFORMS)('on %s the five routes answer', (platform) => {
  it.each<[string, (app: INestApplication) => void]>([
    ['a global prefix', (app) => app.setGlobalPrefix('api')],
    [
      'URI versioning',
      (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    ],
    ['header versioning', versionedBy(VersioningType.HEADER)],
    ['a global guard', (app) => app.useGlobalGuards(new DenyEveryone())],
    ['a global interceptor', (app) => app.useGlobalInterceptors(new WrapEverything())],
    ['a global pipe', (app) => app.useGlobalPipes(new RefuseEverything())],
    ['media-type versioning', versionedBy(VersioningType.MEDIA_TYPE)],
    [
      'versioning by a function',
      (app) => app.enableVersioning({ type: VersioningType.CUSTOM, extractor: () => '7' }),
    ],
    ['a throttler', (app) => app.useGlobalGuards(new Throttle())],
    ['a body parser that reads no type', (app) => app.use(refuseTypes)],
    ['a middleware that throws', (app) => app.use(fail)],
    ['a middleware that rejects', (app) => app.use(failLater)],
    ['a middleware that cuts the connection', (app) => app.use(hangUp)],
    ['a middleware that changes what is asked', (app) => app.use(rename)],
    ['all of these', sabotage],
    ['a global filter that answers nothing', (app) => app.useGlobalFilters(new CatchEverything())],
    ['a middleware that redirects to a login', (app) => app.use(redirectToLogin)],
    [
      'a middleware that never goes on',
      (app) => app.use((_request: unknown, _response: unknown, _next: Next) => {}),
    ],
  ])('in spite of %s', async (_what, prepare) => {
    expect(await answers(await boot(PlainModule, platform, prepare))).toHaveLength(5);
  });

  it.each([
    ['a guard of the application module', GuardedModule],
    ['a controller that catches all paths', CatchAllModule],
    ['a controller whose patterns take the same paths', PatternModule],
    ['a middleware of a module', MiddlewareModule],
  ])('in spite of %s', async (_what, module) => {
    expect(await answers(await boot(module, platform))).toHaveLength(5);
  });

  it('in spite of a listener that the application adds to its server later', async () => {
    const booted = await boot(PlainModule, platform);
    const server = booted.app.getHttpServer() as Server;
    server.prependListener('request', (_request, response: ServerResponse) => {
      if (!response.headersSent) response.writeHead(404).end();
    });
    expect(await answers(booted)).toHaveLength(5);
  });

  it('in spite of a server that the application has wrapped before', async () => {
    const booted = await boot(PlainModule, platform, (app) => {
      const server = app.getHttpServer() as Server;
      const emit = server.emit.bind(server) as (event: string, ...values: unknown[]) => boolean;
      server.emit = (event: string, ...values: unknown[]): boolean => {
        if (event !== 'request') return emit(event, ...values);
        redirectToLogin(values[0] as IncomingMessage, values[1] as ServerResponse);
        return true;
      };
    });
    expect(await answers(booted)).toHaveLength(5);
    expect((await booted.get('/orders', { redirect: 'manual' })).status).toBe(302);
  });

  it('when the application has taken all listeners from its server', async () => {
    const booted = await boot(PlainModule, platform);
    (booted.app.getHttpServer() as Server).removeAllListeners('request');
    expect(await answers(booted)).toHaveLength(5);
  });

  it('while a route of the application keeps its guard, its prefix and its answer', async () => {
    const { get } = await boot(PatternModule, platform, (app) => {
      app.setGlobalPrefix('api');
      app.useGlobalInterceptors(new WrapEverything());
    });
    expect(await (await get('/api/health/live')).json()).toEqual({ data: 'a pattern' });
    expect(await (await get('/health/live')).json()).toEqual({ status: 'alive' });
  });

  it('to who asks with the whole URL, as a proxy is asked', async () => {
    const { url } = await boot(PlainModule, platform);
    const { hostname, port } = new URL(url);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const path = 'http://shop.example.com/health/live?x';
      request({ hostname, port, path }, resolve).once('error', reject).end();
    });
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it('and the middleware of the application still sees every other request', async () => {
    const { get } = await boot(PlainModule, platform, (app) => {
      app.use(redirectToLogin);
    });
    expect((await get('/orders', { redirect: 'manual' })).status).toBe(302);
  });
});

describe('ahead of what the application has put into its framework', () => {
  it('Express settings and middleware that were there before NestJS', async () => {
    const adapter = new ExpressAdapter();
    adapter.set('case sensitive routing', true);
    adapter.set('etag', 'strong');
    adapter.getInstance<{ use: (handler: unknown) => void }>().use(redirectToLogin);
    const app = await NestFactory.create(PlainModule, adapter, { logger: false });
    onTestFinished(() => app.close());
    const booted = await listen(app);
    expect(await answers(booted)).toHaveLength(5);
    expect((await booted.get('/orders', { redirect: 'manual' })).status).toBe(302);
  });

  it('Fastify hooks and options that were there before NestJS', async () => {
    const adapter = new FastifyAdapter({
      rewriteUrl: () => '/login',
      bodyLimit: 1,
      routerOptions: { maxParamLength: 1, caseSensitive: false },
    });
    adapter.getInstance().addHook('onRequest', (_request, reply) => {
      void reply.redirect('/login');
    });
    const app = await NestFactory.create(PlainModule, adapter, { logger: false });
    onTestFinished(() => app.close());
    const booted = await listen(app);
    expect(await answers(booted)).toHaveLength(5);
    expect((await booted.get('/orders', { redirect: 'manual' })).status).toBe(302);
  });
});

describe('without a socket', () => {
  it('Fastify’s inject meets the methods and headers that a socket does', async () => {
    const { app } = await boot(PlainModule, 'fastify', (host) => {
      host.setGlobalPrefix('api');
      host.useGlobalGuards(new DenyEveryone());
    });
    const fastify = app.getHttpAdapter() as unknown as FastifyAdapter;
    for (const url of ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools']) {
      const full = await fastify.inject({ method: 'GET', url });
      const head = await fastify.inject({ method: 'HEAD', url });
      const refused = await fastify.inject({ method: 'POST', url, payload: '{' });
      expect([url, full.statusCode, head.statusCode, head.payload]).toEqual([url, 200, 200, '']);
      expect(full.headers['cache-control']).toBe('no-store');
      expect([refused.statusCode, refused.headers['allow']]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('the application’s own routes answer in front as often as they are asked', async () => {
    const { app } = await boot(PlainModule, 'fastify');
    const fastify = app.getHttpAdapter() as unknown as FastifyAdapter;
    const all = await Promise.all(
      Array.from({ length: 200 }, () => fastify.inject({ method: 'GET', url: '/health/ready' })),
    );
    expect(new Set(all.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  });

  it('the routes answer Fastify’s inject', async () => {
    const { app } = await boot(PlainModule, 'fastify');
    const fastify = app.getHttpAdapter() as unknown as FastifyAdapter;
    const response = await fastify.inject({ method: 'GET', url: '/health/live' });
    expect([response.statusCode, response.payload]).toEqual([200, '{"status":"alive"}']);
    expect((await fastify.inject({ method: 'GET', url: '/orders' })).statusCode).toBe(404);
  });

  it('the routes answer an Express application that is called as a function', async () => {
    const { createServer } = await import('node:http');
    const { app } = await boot(PlainModule, 'express');
    const server = createServer(app.getHttpAdapter().getInstance());
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      const { port } = server.address() as { port: number };
      const response = await fetch(`http://127.0.0.1:${port}/health/live`);
      expect(await response.text()).toBe('{"status":"alive"}');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
