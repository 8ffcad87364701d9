import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  VersioningType,
  type ArgumentsHost,
  type CanActivate,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { healthy, HealthRegistry, ObservabilityModule, unhealthy } from 'nestjs-observability';
import type { ServerResponse } from 'node:http';
import { map, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { expectFiveRoutes } from '../../support/five-routes.js';
import { answersIn, ask, exchange, requestText } from './wire.js';

const ALIVE = '{"status":"alive"}';
const ROUTES = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];
const REFUSED = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

type Pipeline = Parameters<typeof ObservabilityModule.forRoot>[0] extends infer O
  ? NonNullable<O> extends { pipeline?: infer P }
    ? P
    : never
  : never;

const Open = SetMetadata('open', true);

/** Lets in who is named in the header, and anyone to what is open. */
@Injectable()
class NamedOnly implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const open = this.reflector.getAllAndOverride<boolean>('open', [
      context.getHandler(),
      context.getClass(),
    ]);
    const { headers } = context
      .switchToHttp()
      .getRequest<{ headers: Readonly<Record<string, string>> }>();
    return open || headers['x-user'] !== undefined;
  }
}

class Deny implements CanActivate {
  canActivate(): never {
    throw new ForbiddenException();
  }
}

class WrapEverything implements NestInterceptor {
  intercept: NestInterceptor['intercept'] = (_context, next) =>
    next.handle().pipe(map((data: unknown) => ({ data })));
}

function appWith(pipeline: Pipeline): DynamicModule {
  @Module({})
  class AppModule {}
  return { module: AppModule, imports: [ObservabilityModule.forRoot({ pipeline })] };
}

/** The one controller of the module in an application. */
function controllerOf(app: INestApplication): NewableFunction {
  const found = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => metatype as NewableFunction),
  );
  expect(found).toHaveLength(1);
  return found[0] as NewableFunction;
}

describe.each(PLATFORMS)('on %s as an ordinary controller', (platform) => {
  it('the five routes say what they say in front', async () => {
    const { app, get, log } = await boot(appWith('nest'), platform);
    app.get(HealthRegistry).registerCheck('database', () => healthy());
    await expectFiveRoutes(get, ['database']);
    expect(log.ours('error')).toEqual([]);
  });

  it('the codes of the probes follow the checks', async () => {
    const { app, get } = await boot(appWith('nest'), platform);
    app
      .get(HealthRegistry)
      .registerCheck('database', () => unhealthy(), { probes: ['liveness', 'readiness'] });
    expect((await get('/health')).status).toBe(200);
    expect([(await get('/health/live')).status, (await get('/health/ready')).status]).toEqual([
      503, 503,
    ]);
  });

  it.each(ROUTES)('%s has the headers that it has in front, and HEAD has no body', async (path) => {
    const conditional = ['If-None-Match: *', 'Range: bytes=0-0', 'Accept-Encoding: gzip'];
    const front = await boot(appWith('front'), platform);
    const nest = await boot(appWith('nest'), platform);
    const { date: _, ...expected } = (await ask(front.url, `GET ${path}`, ...conditional)).headers;
    const full = await ask(nest.url, `GET ${path}`, ...conditional);
    expect(full.status).toBe(200);
    expect(full.body).toHaveLength(Number(full.headers['content-length']));
    expect(full.headers).toMatchObject(expected);
    for (const absent of ['etag', 'last-modified', 'content-range', 'set-cookie']) {
      expect(full.headers).not.toHaveProperty(absent);
    }
    const bytes = await exchange(nest.url, requestText(`HEAD ${path}`, 'Connection: close'));
    expect(bytes.indexOf('\r\n\r\n')).toBe(bytes.length - 4);
    const [head] = answersIn(bytes, ['HEAD']);
    expect(head?.status).toBe(200);
    expect(head?.headers).toMatchObject(expected);
  });

  it.each(REFUSED)('%s is refused on all five', async (method) => {
    const { url } = await boot(appWith('nest'), platform);
    for (const path of ROUTES) {
      const { status, headers, body } = await ask(url, `${method} ${path}`);
      expect([path, status, headers['allow']]).toEqual([path, 405, 'GET, HEAD']);
      expect([headers['cache-control'], body]).toEqual([
        'no-store',
        '{"status":"method_not_allowed"}',
      ]);
    }
  });

  it('a prefix and a version of the application move them, and the self-check finds them', async () => {
    const { get, log } = await boot(appWith('nest'), platform, (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    });
    expect(await (await get('/api/health/live')).text()).toBe(ALIVE);
    expect((await get('/api/health/live', { method: 'POST' })).status).toBe(405);
    expect((await get('/health/live')).status).toBe(404);
    expect((await get('/api/v1/health/live')).status).toBe(404);
    expect(log.ours('warn')).toEqual([expect.stringMatching(/^No health check is registered/)]);
  });

  it('a prefix can leave them out', async () => {
    const { get } = await boot(appWith('nest'), platform, (app) => {
      app.setGlobalPrefix('api', { exclude: ['health/live'] });
    });
    expect(await (await get('/health/live')).text()).toBe(ALIVE);
    expect((await get('/api/health/ready')).status).toBe(200);
  });

  it.each([VersioningType.HEADER, VersioningType.MEDIA_TYPE] as const)(
    'they answer whichever version is asked for',
    async (type) => {
      const { get } = await boot(appWith('nest'), platform, (app) => {
        app.enableVersioning(
          type === VersioningType.HEADER ? { type, header: 'X-Version' } : { type, key: 'v=' },
        );
      });
      for (const headers of [{}, { 'X-Version': '7' }, { Accept: 'application/json;v=7' }]) {
        expect(await (await get('/health/live', { headers })).text()).toBe(ALIVE);
      }
    },
  );

  it('guards of the application hold for all five', async () => {
    const { get } = await boot(appWith('nest'), platform, (app) => {
      app.useGlobalGuards(new NamedOnly(app.get(Reflector)));
    });
    for (const path of ROUTES) {
      const named = await get(path, { headers: { 'X-User': 'ada' } });
      expect([path, (await get(path)).status, named.status]).toEqual([path, 403, 200]);
    }
  });

  it('decorators given for the controller hold for all five, and metadata opens them', async () => {
    const denied = await boot(appWith({ decorators: [UseGuards(Deny)] }), platform);
    const opened = await boot(appWith({ decorators: [Open] }), platform, (app) => {
      app.useGlobalGuards(new NamedOnly(app.get(Reflector)));
    });
    for (const path of ROUTES) {
      expect([path, (await denied.get(path)).status]).toEqual([path, 403]);
      expect([path, (await opened.get(path)).status]).toEqual([path, 200]);
    }
  });

  it('decorators that need a provider of the application’s global modules get it', async () => {
    const seen: string[] = [];

    @Injectable()
    class Note implements NestInterceptor {
      constructor(private readonly reflector: Reflector) {}

      intercept: NestInterceptor['intercept'] = (context, next) => {
        const label = this.reflector.get<string>('label', context.getClass());
        return next.handle().pipe(tap(() => seen.push(label)));
      };
    }
    const decorators = [UseInterceptors(Note), SetMetadata('label', 'ops')];
    const { get } = await boot(appWith({ decorators }), platform);
    for (const path of ROUTES) expect((await get(path)).status).toBe(200);
    // The self-check may have come by as well.
    expect(seen.length).toBeGreaterThanOrEqual(5);
    expect(new Set(seen)).toEqual(new Set(['ops']));
  });

  it('an interceptor that wraps what handlers return finds nothing to wrap', async () => {
    const { get, log } = await boot(appWith('nest'), platform, (app) => {
      app.useGlobalInterceptors(new WrapEverything());
    });
    expect(await (await get('/health/live')).text()).toBe(ALIVE);
    expect((await get('/health', { method: 'POST' })).status).toBe(405);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('a filter of the application sees no fault in any of them', async () => {
    let caught = 0;

    @Catch()
    class Count implements ExceptionFilter {
      catch(_fault: unknown, host: ArgumentsHost): void {
        caught += 1;
        const response = host
          .switchToHttp()
          .getResponse<ServerResponse | { raw: ServerResponse }>();
        ('raw' in response ? response.raw : response).writeHead(500).end();
      }
    }
    const { get } = await boot(appWith('nest'), platform, (app) => {
      app.useGlobalFilters(new Count());
    });
    for (const path of ROUTES) await (await get(path)).text();
    for (const method of REFUSED) await (await get('/health', { method })).text();
    expect(caught).toBe(0);
  });

  it('a middleware of the application can stand before them', async () => {
    const { get } = await boot(appWith('nest'), platform, (app) => {
      app.use((_request: unknown, response: ServerResponse) => {
        response.writeHead(302, { Location: '/login' }).end();
      });
    });
    expect((await get('/health/live', { redirect: 'manual' })).status).toBe(302);
  });

  it('their paths are said to NestJS route by route, and the refusals are hidden from Swagger', async () => {
    const { app } = await boot(appWith('nest'), platform);
    const { prototype } = controllerOf(app);
    const routes: Record<string, unknown> = {};
    const hidden: string[] = [];
    for (const key of Object.getOwnPropertyNames(prototype)) {
      const handler = (prototype as Record<string, object>)[key] as object;
      const path: unknown = Reflect.getMetadata('path', handler);
      if (key === 'constructor' || path === undefined) continue;
      const out = Reflect.getMetadata('swagger/apiExcludeEndpoint', handler) as
        { disable: boolean } | undefined;
      if (out?.disable) hidden.push(key);
      else routes[key] = [Reflect.getMetadata('method', handler), path];
    }
    expect(routes).toEqual({
      health: [0, '/health'],
      live: [0, '/health/live'],
      ready: [0, '/health/ready'],
      metrics: [0, '/metrics'],
      tools: [0, '/health/tools'],
    });
    expect(hidden.toSorted()).toEqual([
      'refuseDelete',
      'refuseOptions',
      'refusePatch',
      'refusePost',
      'refusePut',
    ]);
  });

  it('each handler has a name of its own, of which Swagger makes the id of an operation', async () => {
    const { app } = await boot(appWith('nest'), platform);
    const { prototype } = controllerOf(app);
    const handlers = prototype as Record<string, { name: string }>;
    const names = ['health', 'live', 'ready', 'metrics', 'tools'];
    expect(names.map((key) => handlers[key]?.name)).toEqual(names);
  });

  it('in front there is no controller for Swagger to see', async () => {
    const { app } = await boot(appWith('front'), platform);
    const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
      ...module.controllers.values(),
    ]);
    expect(controllers).toEqual([]);
  });

  it('two of them in one application stop boot, with an error that says so', async () => {
    const twice = {
      module: class AppModule {},
      imports: [
        ObservabilityModule.forRoot({ pipeline: 'nest', tools: { flower: 'http://one' } }),
        ObservabilityModule.forRoot({ pipeline: 'nest', tools: { flower: 'http://two' } }),
      ],
    };
    await expect(boot(twice, platform)).rejects.toThrow(
      'ObservabilityModule is set up 2 times in one application',
    );
  });

  it('the routes of the application stay its own', async () => {
    @Controller('orders')
    class OrdersController {
      @Get()
      list(): string[] {
        return [];
      }
    }
    const module = { ...appWith('nest'), controllers: [OrdersController] };
    const { get } = await boot(module, platform);
    expect(await (await get('/orders')).json()).toEqual([]);
    expect((await get('/orders')).headers.get('cache-control')).toBeNull();
    for (const path of ['/', '/health/other', '/metrics/x']) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
  });
});

describe('on fastify as an ordinary controller', () => {
  it('hooks of Fastify see the answers', async () => {
    const seen: unknown[] = [];
    const { get } = await boot(appWith('nest'), 'fastify', (app) => {
      const fastify = (app.getHttpAdapter() as unknown as FastifyAdapter).getInstance();
      fastify.addHook('onSend', (request, reply, payload, done) => {
        seen.push([request.method, reply.statusCode, payload]);
        done();
      });
    });
    await (await get('/health/tools')).text();
    expect(seen).toContainEqual(['GET', 200, '{"flower":null,"grafana":null,"prometheus":null}']);
  });

  it('the routes answer inject', async () => {
    const { app } = await boot(appWith('nest'), 'fastify');
    const fastify = app.getHttpAdapter() as unknown as FastifyAdapter;
    const response = await fastify.inject({ method: 'GET', url: '/health/live' });
    expect([response.statusCode, response.payload]).toEqual([200, ALIVE]);
  });
});
