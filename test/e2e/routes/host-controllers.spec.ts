import {
  All,
  Controller,
  type ControllerOptions,
  Get,
  Head,
  Module,
  Options,
  Post,
  Put,
  RequestMethod,
  Search,
  Sse,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type DynamicModule,
  type INestApplication,
  type MiddlewareConsumer,
  type NestModule,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost, RouterModule } from '@nestjs/core';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import { EMPTY, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS, type BootedApp, type Platform } from '../../support/boot.js';

type Pipeline = 'front' | 'nest';
type Prepare = (app: INestApplication) => void;

interface Case {
  readonly controllers?: Type[];
  readonly imports?: (DynamicModule | Type)[];
  readonly prepare?: Prepare;
  readonly options?: ObservabilityModuleOptions;
  /** Who is named, and which option. */
  readonly names?: string;
  readonly option?: string;
}

const ALIVE = '{"status":"alive"}';

const prefixed: Prepare = (app) => app.setGlobalPrefix('api');
const versioned: Prepare = (app) => app.enableVersioning({ type: VersioningType.URI });
const versionedByHeader: Prepare = (app) =>
  app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });

/** A controller with one method, `answer`, as if it had been written with these decorators. */
function controller(
  name: string,
  where: string | string[] | ControllerOptions,
  ...decorators: MethodDecorator[]
): Type {
  const { [name]: made } = {
    [name]: class {
      answer(): string {
        return 'the application';
      }
    },
  };
  const type = made as Type;
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, 'answer');
  for (const decorate of decorators) {
    decorate(type.prototype as object, 'answer', descriptor as TypedPropertyDescriptor<unknown>);
  }
  Controller(where as ControllerOptions)(type);
  return type;
}

class LivenessBase {
  @Get('live')
  alive(): string {
    return 'the application';
  }
}

@Controller('health')
class InheritingController extends LivenessBase {}

class OverriddenBase {
  @Get('live')
  alive(): string {
    return 'the application';
  }
}

@Controller('health')
class OverridingController extends OverriddenBase {
  override alive(): string {
    return 'no route any more';
  }
}

@Controller('metrics')
class StreamController {
  @Sse()
  stream(): Observable<never> {
    return EMPTY;
  }
}

@Controller()
class OwnPrometheusController extends PrometheusController {
  @Get('metrics')
  override async index(): Promise<string> {
    return 'theirs';
  }
}

@Controller()
class RootController {
  @Get()
  root(): string {
    return 'root';
  }
}

/** A module of its own, and where the router module puts it. */
function mounted(path: string, ...controllers: Type[]): (DynamicModule | Type)[] {
  @Module({})
  class MountedModule {}
  Module({ controllers })(MountedModule);
  return [MountedModule, RouterModule.register([{ path, module: MountedModule }])];
}

function start(
  { controllers = [], imports = [], prepare, options = {} }: Case,
  platform: Platform,
  pipeline: Pipeline,
): Promise<BootedApp> {
  @Module({})
  class AppModule {}
  return boot(
    {
      module: AppModule,
      imports: [...imports, ObservabilityModule.forRoot({ ...options, pipeline })],
      controllers,
    },
    platform,
    prepare,
  );
}

async function problemOf(booting: Promise<unknown>): Promise<string> {
  return booting.then(
    () => 'the application started',
    (error: unknown) => (error as Error).message,
  );
}

/** The same path in whatever way it comes about. */
const IN_THE_WAY: [string, Case][] = [
  ['a controller at the path', { controllers: [controller('StatusController', 'health', Get())] }],
  [
    'a controller with slashes around the path',
    { controllers: [controller('StatusController', '/health/', Get('/'))] },
  ],
  [
    'a method with the whole path',
    {
      controllers: [controller('StatusController', '', Get('health/live'))],
      option: 'routes.live',
    },
  ],
  [
    'one path of several of a controller',
    { controllers: [controller('StatusController', ['status', 'health'], Get())] },
  ],
  [
    'one path of several of a method',
    {
      controllers: [controller('StatusController', 'health', Get(['a', 'ready']))],
      option: 'routes.ready',
    },
  ],
  ['a method for all methods', { controllers: [controller('StatusController', 'health', All())] }],
  [
    'an inherited method',
    {
      controllers: [InheritingController],
      names: 'InheritingController.alive',
      option: 'routes.live',
    },
  ],
  [
    'a stream of events',
    { controllers: [StreamController], names: 'StreamController.stream', option: 'routes.metrics' },
  ],
  [
    'what the prefix leaves out',
    {
      controllers: [controller('StatusController', 'health', Get())],
      prepare: (app) => app.setGlobalPrefix('api', { exclude: ['health'] }),
    },
  ],
  [
    'a controller without a version among others',
    {
      controllers: [
        controller('StatusController', { path: 'health', version: VERSION_NEUTRAL }, Get()),
      ],
      prepare: versioned,
    },
  ],
  [
    'a controller of several versions, and none',
    {
      controllers: [
        controller('StatusController', { path: 'health', version: ['1', VERSION_NEUTRAL] }, Get()),
      ],
      prepare: versioned,
    },
  ],
  [
    'a version that is in a header',
    {
      controllers: [controller('StatusController', { path: 'health', version: '1' }, Get())],
      prepare: versionedByHeader,
    },
  ],
  [
    'a module that the router mounts there',
    {
      imports: mounted('health', controller('StatusController', 'live', Get())),
      option: 'routes.live',
    },
  ],
  [
    'a module that the router mounts there, with a method that says nothing',
    { imports: mounted('health', controller('StatusController', '', Get())) },
  ],
  [
    'a path that has been given to a route of ours',
    {
      controllers: [controller('StatusController', 'orders', Get('status'))],
      options: { routes: { tools: '/orders/status' } },
      option: 'routes.tools',
    },
  ],
];

/** In front only: nobody else would get an answer there. */
const IN_THE_WAY_OF_FRONT: [string, Case][] = [
  [
    'the prefix that a route of ours has too',
    {
      controllers: [controller('StatusController', 'health', Get())],
      prepare: prefixed,
      options: { routes: { health: '/api/health' } },
    },
  ],
  ['another case', { controllers: [controller('StatusController', 'Health', Get())] }],
  ['POST alone', { controllers: [controller('StatusController', 'health', Post())] }],
  ['PUT alone', { controllers: [controller('StatusController', 'health', Put())] }],
  ['HEAD alone', { controllers: [controller('StatusController', 'health', Head())] }],
  ['OPTIONS alone', { controllers: [controller('StatusController', 'health', Options())] }],
  ['SEARCH alone', { controllers: [controller('StatusController', 'health', Search())] }],
  [
    'the prefix that makes it the same',
    {
      controllers: [controller('StatusController', 'live', Get())],
      prepare: (app) => app.setGlobalPrefix('health'),
      option: 'routes.live',
    },
  ],
  [
    'the version that makes it the same',
    {
      controllers: [controller('StatusController', { path: 'health', version: '1' }, Get())],
      prepare: versioned,
      options: { routes: { health: '/v1/health' } },
    },
  ],
];

const NOT_IN_THE_WAY: [string, Case][] = [
  [
    'a controller without a path beside others',
    { controllers: [RootController, controller('StatusController', 'status', Get('health'))] },
  ],
  [
    'a version in the path',
    {
      controllers: [controller('StatusController', { path: 'health', version: '1' }, Get())],
      prepare: versioned,
    },
  ],
  [
    'a version of a method',
    {
      controllers: [controller('StatusController', 'health', Get(), Version('2'))],
      prepare: versioned,
    },
  ],
  [
    'a module that the router mounts elsewhere',
    { imports: mounted('ops', controller('StatusController', 'health', Get('live'))) },
  ],
  ['a longer path', { controllers: [controller('StatusController', 'health', Get('live/x'))] }],
  [
    'the end of another path',
    { controllers: [controller('StatusController', 'shop-health', Get())] },
  ],
  [
    'a route that is switched off',
    {
      controllers: [controller('StatusController', 'metrics', Get())],
      options: { routes: { metrics: false } },
    },
  ],
  [
    'a route that is elsewhere',
    {
      controllers: [controller('StatusController', 'health', Get())],
      options: { routes: { health: '/status' } },
    },
  ],
  ['a method that a subclass has made no route of', { controllers: [OverridingController] }],
];

/** In front only: among the controllers these come first, or to the same path. */
const NOT_IN_THE_WAY_OF_FRONT: [string, Case][] = [
  [
    'a prefix',
    { controllers: [controller('StatusController', 'health', Get())], prepare: prefixed },
  ],
  ['a wildcard', { controllers: [controller('StatusController', 'health', Get('*'))] }],
  ['a wildcard for all', { controllers: [controller('StatusController', '', All('*'))] }],
  ['a parameter', { controllers: [controller('StatusController', '', Get(':any'))] }],
];

describe.each(PLATFORMS)('on %s', (platform) => {
  describe.each(['front', 'nest'] as const)('with pipeline %s', (pipeline) => {
    it.each(IN_THE_WAY)('%s stops boot with an error that names it', async (_what, given) => {
      const problem = await problemOf(start(given, platform, pipeline));
      const { names = 'StatusController.answer', option = 'routes.health' } = given;
      expect(problem).toContain(names);
      expect(problem).toContain(`the option ${option} takes a path, or false`);
      expect(problem).not.toMatch(/ObservabilityController|\.constructor/);
    });

    it.each(NOT_IN_THE_WAY)('%s lets the application start', async (_what, given) => {
      const { get } = await start(given, platform, pipeline);
      expect(await (await get('/health/live')).text()).toBe(ALIVE);
    });

    it('the error names the module, the method and what it maps', async () => {
      @Controller('health')
      class StatusController {
        @Get('ready')
        isReady(): void {}
      }

      @Module({ controllers: [StatusController] })
      class StatusModule {}
      const problem = await problemOf(start({ imports: [StatusModule] }, platform, pipeline));
      expect(problem).toMatch(
        /^StatusModule \/ StatusController\.isReady maps GET \/health\/ready/,
      );
      expect(problem).toContain('routes.ready');
    });

    it('a middleware of the application for the same path is no controller', async () => {
      @Module({})
      class MiddlewareModule implements NestModule {
        configure(consumer: MiddlewareConsumer): void {
          const pass = (_request: unknown, _response: unknown, next: () => void): void => next();
          consumer.apply(pass).forRoutes('health', { path: 'metrics', method: RequestMethod.GET });
        }
      }
      const { get } = await start(
        { imports: [MiddlewareModule], controllers: [RootController] },
        platform,
        pipeline,
      );
      expect(await (await get('/health/live')).text()).toBe(ALIVE);
    });

    it('two versions of a route of the application elsewhere are no rivals', async () => {
      const [first, second] = ['1', '2'].map((version) =>
        controller(`Status${version}Controller`, { path: 'health', version }, Get()),
      );
      const { get } = await start(
        { imports: mounted('admin', first as Type, second as Type), prepare: versionedByHeader },
        platform,
        pipeline,
      );
      expect(await (await get('/health/live')).text()).toBe(ALIVE);
    });
  });

  it.each(IN_THE_WAY_OF_FRONT)('%s stops boot in front', async (_what, given) => {
    const problem = await problemOf(start(given, platform, 'front'));
    expect(problem).toContain('StatusController.answer');
    expect(problem).toContain(`the option ${given.option ?? 'routes.health'} takes`);
  });

  it.each(NOT_IN_THE_WAY_OF_FRONT)(
    '%s lets an application start that has ours in front',
    async (_what, given) => {
      const { get } = await start(given, platform, 'front');
      expect(await (await get('/health/live')).text()).toBe(ALIVE);
    },
  );

  it('among the controllers, the same prefix leads both to the same path', async () => {
    const given = {
      controllers: [controller('StatusController', 'health', Get())],
      prepare: prefixed,
    };
    const problem = await problemOf(start(given, platform, 'nest'));
    expect(problem).toMatch(/StatusController\.answer maps GET \/api\/health, /);
  });

  it('among the controllers, SEARCH alone is in nobody’s way', async () => {
    const status = controller('StatusController', 'health', Search());
    const { get } = await start({ controllers: [status] }, platform, 'nest');
    expect((await get('/health')).status).toBe(200);
  });

  it('a controller made from that of willsoto is let be', async () => {
    const { get } = await start({ controllers: [OwnPrometheusController] }, platform, 'front');
    expect(await (await get('/metrics')).text()).toMatch(/^# Metrics are off/);
  });

  it('a controller of willsoto does not make one with the same end of its path a rival', async () => {
    const stats = controller('StatsController', 'metrics', Get());
    const { get } = await start(
      { imports: mounted('stats', stats), controllers: [OwnPrometheusController, RootController] },
      platform,
      'front',
    );
    expect(await (await get('/stats/metrics')).text()).toBe('the application');
    expect(await (await get('/metrics')).text()).toMatch(/^# Metrics are off/);
  });

  it('a controller of the application that is only named as willsoto’s is named', async () => {
    const named = controller('PrometheusController', 'metrics', Get());
    const problem = await problemOf(start({ controllers: [named] }, platform, 'front'));
    expect(problem).toContain('PrometheusController.answer');
  });

  it('what is put on the adapter past NestJS is blamed on no controller', async () => {
    @Module({ controllers: [RootController] })
    class RawModule implements OnModuleInit {
      constructor(private readonly host: HttpAdapterHost) {}

      onModuleInit(): void {
        this.host.httpAdapter.get('/metrics', (() => {}) as never);
      }
    }
    expect(await problemOf(start({ imports: [RawModule] }, platform, 'front'))).not.toContain(
      'RootController',
    );
  });

  it('the adapter is left as it was found', async () => {
    const methods = ['get', 'post', 'put', 'delete', 'patch', 'all', 'options', 'head', 'search'];
    const of = (app: INestApplication): unknown[] => {
      const adapter = app.getHttpAdapter() as unknown as Record<string, unknown>;
      return methods.map((method) => adapter[method]);
    };
    let before: unknown[] = [];
    const prepare: Prepare = (app) => {
      const adapter = app.getHttpAdapter();
      // Somebody else has been here before.
      Object.assign(adapter, { post: adapter.post.bind(adapter) });
      before = of(app);
    };
    for (const pipeline of ['front', 'nest'] as const) {
      const { app } = await start({ prepare }, platform, pipeline);
      expect(of(app)).toEqual(before);
    }
  });
});
