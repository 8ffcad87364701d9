import {
  Controller,
  ForbiddenException,
  Get,
  Module,
  VersioningType,
  type CanActivate,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry, ObservabilityModule, unhealthy } from 'nestjs-observability';
import { once } from 'node:events';
import { channel } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage, Server, ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { MemoryLog, throwingLog } from '../../support/log.js';
import { ProcessWatch } from '../faults/process-watch.js';

const NO_CHECK = expect.stringMatching(/^No health check is registered/) as unknown;

class Deny implements CanActivate {
  canActivate(): never {
    throw new ForbiddenException();
  }
}

@Module({ imports: [ObservabilityModule.forRoot()] })
class FrontModule {}

@Module({ imports: [ObservabilityModule.forRoot({ pipeline: 'nest' })] })
class NestPipelineModule {}

@Module({ imports: [ObservabilityModule.forRoot({ routes: { live: '/livez' } })] })
class MovedModule {}

@Module({ imports: [ObservabilityModule.forRoot({ routes: { live: false } })] })
class SwitchedOffModule {}

@Controller('admin')
class AdminController {
  @Get('health/live')
  live(): never {
    throw new ForbiddenException();
  }
}

@Module({ imports: [NestPipelineModule], controllers: [AdminController] })
class AdminModule {}

@Module({
  imports: [ObservabilityModule.forRoot({ management: { port: 0, host: '127.0.0.1' } })],
})
class ManagedModule {}

/** What this process asks of HTTP servers through `node:http`; the tests ask with `fetch`, which does not count. */
function watchRequests(): ClientRequest[] {
  const requests: ClientRequest[] = [];
  const started = channel('http.client.request.start');
  const note = (message: unknown): void => {
    requests.push((message as { request: ClientRequest }).request);
  };
  started.subscribe(note);
  onTestFinished(() => {
    started.unsubscribe(note);
  });
  return requests;
}

/** All that has been asked has come to its end, and to what follows. */
async function ended(requests: readonly ClientRequest[]): Promise<void> {
  for (const request of requests) {
    // `once` of `node:events` would reject at an error, and errors are what this is about.
    if (!request.closed) await new Promise((resolve) => request.once('close', resolve));
  }
  await settle();
}

/** Stands between the server and the module, and gives all the answers. */
function hold(
  app: INestApplication,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  const server = app.getHttpServer() as Server;
  const listen = server.listen.bind(server) as (...values: unknown[]) => Server;
  // The module stands before the server by the time it listens, and whoever comes then stands before the module.
  server.listen = ((...values: unknown[]) => {
    const emit = server.emit.bind(server) as (event: string, ...rest: unknown[]) => boolean;
    server.emit = (event: string, ...rest: unknown[]): boolean => {
      if (event !== 'request') return emit(event, ...rest);
      answer(rest[0] as IncomingMessage, rest[1] as ServerResponse);
      return true;
    };
    return listen(...values);
  }) as never;
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it.each<[string, Type, string, (app: INestApplication) => void]>([
    ['in front', FrontModule, '/health/live', () => {}],
    ['in front of a guard', FrontModule, '/health/live', (app) => app.useGlobalGuards(new Deny())],
    ['in front of a prefix', FrontModule, '/health/live', (app) => app.setGlobalPrefix('api')],
    ['at another path', MovedModule, '/livez', () => {}],
    ['as a controller', NestPipelineModule, '/health/live', () => {}],
    [
      'as a controller behind a prefix',
      NestPipelineModule,
      '/api/health/live',
      (app) => app.setGlobalPrefix('api'),
    ],
    [
      'as a controller beside versions',
      NestPipelineModule,
      '/health/live',
      (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    ],
    ['as a controller beside one with the same end', AdminModule, '/health/live', () => {}],
  ])('the routes %s are asked for once, and found', async (_where, module, path, prepare) => {
    const requests = watchRequests();
    const { log } = await boot(module, platform, prepare);
    await ended(requests);
    expect(requests.map((request) => [request.method, request.path])).toEqual([['GET', path]]);
    expect(log.ours('warn')).toEqual([NO_CHECK]);
    expect(log.ours('error')).toEqual([]);
  });

  it('an application that is not alive is as documented', async () => {
    const requests = watchRequests();
    const { log } = await boot(FrontModule, platform, async (app) => {
      await app.init();
      app
        .get(HealthRegistry)
        .registerCheck('deadlock', () => unhealthy(), { probes: ['liveness'] });
    });
    await ended(requests);
    expect(log.ours('warn').filter((line) => line.includes('/health/live'))).toEqual([]);
  });

  it.each<[string, Type]>([
    ['the route is switched off', SwitchedOffModule],
    ['the routes have a port of their own', ManagedModule],
  ])('nothing is asked when %s', async (_when, module) => {
    const requests = watchRequests();
    const { get } = await boot(module, platform);
    await get('/');
    await settle();
    expect(requests).toEqual([]);
  });

  it('a guard in the way is warned of once, with the reason', async () => {
    const requests = watchRequests();
    const { log } = await boot(NestPipelineModule, platform, (app) => {
      app.setGlobalPrefix('api');
      app.useGlobalGuards(new Deny());
    });
    await ended(requests);
    const [first, second, ...rest] = log.ours('warn');
    expect([first, rest]).toEqual([NO_CHECK, []]);
    expect(second).toMatch(/^GET \/api\/health\/live is not answered as documented: .*\b403\b.*/);
    expect(second).toMatch(/pipeline: 'nest'.*probes will fail$/s);
  });

  it('a guard in the way is warned of by a log that fails, and nothing else fails', async () => {
    using watch = new ProcessWatch();
    const requests = watchRequests();
    const log = throwingLog();
    const deny = (app: INestApplication): void => void app.useGlobalGuards(new Deny());
    const { get } = await boot(NestPipelineModule, platform, deny, log);
    await ended(requests);
    expect(log.ours('warn')).toEqual([NO_CHECK, expect.stringMatching(/is not answered as/)]);
    expect((await get('/health/live')).status).toBe(403);
    expect(await watch.events()).toEqual([]);
  });

  it.each<[string, string, (request: IncomingMessage, response: ServerResponse) => void]>([
    [
      'that redirects',
      'the answer was.*302',
      (_request, response) => response.writeHead(302, { Location: '/login' }).end(),
    ],
    [
      'that answers something else',
      'the answer was.*200 OK',
      (_request, response) => response.end('OK'),
    ],
    ['that hangs up', 'there was no answer', (request) => void request.socket.destroy()],
    [
      'that breaks off',
      'there was no answer',
      (request, response) => {
        response.writeHead(200, { 'Content-Length': 100 }).write('{"status"');
        setImmediate(() => request.socket.destroy());
      },
    ],
    [
      'that never comes to an end',
      'there was no answer: none within|the answer was',
      (_request, response) => void response.end('x'.repeat(1_000_000)),
    ],
  ])('something before the routes %s is warned of, with the reason', async (_what, why, answer) => {
    const requests = watchRequests();
    const { log } = await boot(FrontModule, platform, (app) => hold(app, answer));
    await ended(requests);
    const warnings = log.ours('warn').filter((line) => line.includes('not answered'));
    expect(warnings).toEqual([expect.stringMatching(new RegExp(why))]);
    expect(warnings[0]).toContain('Something stands before the routes');
    expect(warnings[0]?.length).toBeLessThan(600);
  });

  it('an application that closes at once warns of nothing and leaves nothing behind', async () => {
    using watch = new ProcessWatch();
    const requests = watchRequests();
    const { app, log } = await boot(FrontModule, platform);
    await app.close();
    await ended(requests);
    expect(log.ours('warn')).toEqual([NO_CHECK]);
    expect(await watch.leftOpen()).toEqual([]);
    expect(await watch.events()).toEqual([]);
  });

  it('an application that closes while the answer is under way warns of nothing', async () => {
    const requests = watchRequests();
    const { app, log } = await boot(FrontModule, platform, (host) => hold(host, () => {}));
    await once(app.getHttpServer() as Server, 'connection');
    const closed = app.close();
    (app.getHttpServer() as Server).closeAllConnections();
    await closed;
    await ended(requests);
    expect(requests).toHaveLength(1);
    expect(log.ours('warn')).toEqual([NO_CHECK]);
  });

  it('an application that never listens asks for nothing', async () => {
    const requests = watchRequests();
    const log = new MemoryLog();
    const app = await NestFactory.create(FrontModule, { logger: log });
    await app.init();
    await app.close();
    await settle();
    expect(requests).toEqual([]);
    expect(log.ours('warn')).toEqual([NO_CHECK]);
  });
});

it('an answer that does not come in some seconds is warned of', async () => {
  const requests = watchRequests();
  const { log } = await boot(NestPipelineModule, 'express', (app) => {
    app.use((_request: unknown, _response: unknown, _next: unknown) => {});
  });
  await ended(requests);
  expect(log.ours('warn').at(-1)).toMatch(/there was no answer: none within \d+ ms/);
});
