import {
  Logger,
  Module,
  type DynamicModule,
  type NestModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { accessPolicy } from './endpoints/access-policy.js';
import { detailsPolicy } from './endpoints/details-policy.js';
import { HostControllers } from './endpoints/host-controllers.js';
import { Mounting } from './endpoints/mounting.js';
import { createNestController, ROUTES } from './endpoints/nest-controller.js';
import { ObservabilityController } from './endpoints/observability.controller.js';
import { RequestsInFlight } from './endpoints/requests-in-flight.js';
import { createRoutes, type Routes } from './endpoints/routes.js';
import { HealthCheckExplorer } from './health/health-check.explorer.js';
import { HealthRegistry } from './health/health.registry.js';
import { InnerEdgeModule, OuterEdgeModule } from './lifecycle-edge.js';
import { MetricsRegistry } from './metrics/metrics.registry.js';
import { loadPromClient } from './metrics/prom-client.js';
import { ObservabilityLifecycle } from './observability.lifecycle.js';
import {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  OPTIONS_TYPE,
  type ObservabilityModuleExtras,
  type PipelineOption,
} from './observability.module-definition.js';
import type { ResolvedOptions } from './observability.options.js';
import { resolveOptions } from './resolve-options.js';
import { SentryService } from './sentry/sentry.service.js';
import { Shutdown } from './shutdown/shutdown.js';
import { showValue } from './show-value.js';

const RESOLVED_OPTIONS = Symbol('resolved options of ObservabilityModule');
const NEST_CONTROLLER = Symbol('controller of ObservabilityModule');

const providers: Provider[] = [
  {
    provide: RESOLVED_OPTIONS,
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: (options: unknown) => resolveOptions(options, process.env),
  },
  {
    provide: HealthRegistry,
    inject: [RESOLVED_OPTIONS],
    useFactory: ({ health: { timeoutMs, cacheMs, details } }: ResolvedOptions) =>
      new HealthRegistry({ timeoutMs, cacheMs, showsDetails: details === 'always' }),
  },
  {
    provide: MetricsRegistry,
    inject: [RESOLVED_OPTIONS],
    useFactory: async ({ metrics }: ResolvedOptions) =>
      new MetricsRegistry(metrics.enabled ? await loadPromClient() : undefined, metrics),
  },
  {
    provide: SentryService,
    inject: [RESOLVED_OPTIONS],
    useFactory: async ({ sentry, sentryDefaults }: ResolvedOptions) => {
      const service = new SentryService(sentryDefaults);
      if (sentry !== undefined) await service.init(sentry);
      return service;
    },
  },
  RequestsInFlight,
  HostControllers,
  {
    provide: ROUTES,
    inject: [HealthRegistry, MetricsRegistry, RESOLVED_OPTIONS],
    useFactory: routesOf,
  },
  {
    provide: Mounting,
    inject: [ROUTES, RESOLVED_OPTIONS, NEST_CONTROLLER, RequestsInFlight, HostControllers],
    useFactory: (
      routes: Routes,
      { routes: paths, management }: ResolvedOptions,
      { controller }: { controller: Type | undefined },
      inFlight: RequestsInFlight,
      controllers: HostControllers,
    ) => new Mounting(routes, { paths, management, controller }, inFlight, controllers),
  },
  {
    provide: Shutdown,
    inject: [HealthRegistry, RequestsInFlight, HttpAdapterHost],
    useFactory: (health: HealthRegistry, inFlight: RequestsInFlight, http: HttpAdapterHost) => {
      const begun = (): void => {
        health.readiness.stopping();
        inFlight.closeConnections();
      };
      return new Shutdown({ begun, idle: () => inFlight.none() }, http);
    },
  },
  HealthCheckExplorer,
  ObservabilityLifecycle,
];

/**
 * Health checks, metrics and Sentry for one application, and the five routes that tell of them.
 *
 * @example
 * @Module({ imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })] })
 * export class AppModule {}
 */
@Module({})
export class ObservabilityModule extends ConfigurableModuleClass implements NestModule {
  /** @internal */
  constructor(private readonly lifecycle: ObservabilityLifecycle) {
    super();
  }

  /** Options known when the module is declared; what is not given comes from the environment. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    assertDeclaration('forRoot', options);
    return withProviders(super.forRoot(options), options);
  }

  /** Options from a factory, a class or an existing provider. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    assertDeclaration('forRootAsync', options);
    const sources = [options.useFactory, options.useClass, options.useExisting];
    if (sources.filter((source) => source !== undefined).length !== 1) {
      throw new TypeError(
        'ObservabilityModule.forRootAsync() takes just one of useFactory, useClass and useExisting',
      );
    }
    return withProviders(super.forRootAsync(options), options);
  }

  /** Called by NestJS. */
  async configure(): Promise<void> {
    // What depends on a request does not exist yet, and NestJS hands in nothing instead of saying so.
    const lifecycle: ObservabilityLifecycle | undefined = this.lifecycle;
    if (lifecycle === undefined) {
      throw new TypeError(
        'ObservabilityModule: its options depend on something request-scoped; ' +
          'accepted is what lives as long as the application',
      );
    }
    await lifecycle.mount();
  }
}

/** What must be right before NestJS sees it. The options themselves are read when the application is created. */
function assertDeclaration(method: string, options: ObservabilityModuleExtras | null): void {
  const subject = `ObservabilityModule.${method}()`;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${subject} takes an object; got ${showValue(options)}`);
  }
  const { isGlobal, pipeline } = options;
  if (isGlobal !== undefined && typeof isGlobal !== 'boolean') {
    throw new TypeError(
      `${subject}: isGlobal is ${showValue(isGlobal)}; accepted is true or false`,
    );
  }
  if (pipeline !== undefined && !isPipeline(pipeline)) {
    throw new TypeError(
      `${subject}: pipeline is ${showValue(pipeline)}; accepted is 'front', 'nest' or { decorators: [class decorators] }`,
    );
  }
}

function isPipeline(pipeline: unknown): pipeline is PipelineOption {
  if (pipeline === 'front' || pipeline === 'nest') return true;
  const { decorators, ...rest } = Object(pipeline) as { decorators?: unknown };
  return (
    Array.isArray(decorators) &&
    decorators.every((decorator) => typeof decorator === 'function') &&
    Object.keys(rest).length === 0
  );
}

function withProviders(
  definition: DynamicModule,
  { pipeline = 'front' }: ObservabilityModuleExtras,
): DynamicModule {
  const decorators = typeof pipeline === 'string' ? [] : pipeline.decorators;
  const controller = pipeline === 'front' ? undefined : createNestController(decorators);
  return {
    ...definition,
    imports: [...(definition.imports ?? []), InnerEdgeModule, OuterEdgeModule],
    controllers: controller === undefined ? [] : [controller],
    providers: [
      ...(definition.providers ?? []),
      { provide: NEST_CONTROLLER, useValue: { controller } },
      ...providers,
    ],
    exports: [HealthRegistry, MetricsRegistry, SentryService],
  };
}

function routesOf(
  checks: HealthRegistry,
  metrics: MetricsRegistry,
  { health, tools, access, routes }: ResolvedOptions,
): Routes {
  const logger = new Logger('Observability');
  const warn = (problem: string): void => logger.warn(problem);
  const policies = {
    health: accessPolicy('health', access.health, warn),
    metrics: accessPolicy('metrics', access.metrics, warn),
    tools: accessPolicy('tools', access.tools, warn),
  };
  const controller = new ObservabilityController(checks, metrics, {
    statusCodes: health.statusCodes,
    showsDetails: detailsPolicy(health.details, warn),
    page: health.page,
    tools,
    showsTools: (request) => routes.tools !== undefined && policies.tools(request) === 'admitted',
  });
  return createRoutes(controller, policies, (problem) => logger.error(problem));
}
