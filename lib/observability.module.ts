import { Logger, Module, type DynamicModule, type NestModule, type Provider } from '@nestjs/common';
import { detailsPolicy } from './endpoints/details-policy.js';
import { ObservabilityController } from './endpoints/observability.controller.js';
import { HealthCheckExplorer } from './health/health-check.explorer.js';
import { HealthRegistry } from './health/health.registry.js';
import { LifecycleEdgeModule } from './lifecycle-edge.js';
import { MetricsRegistry } from './metrics/metrics.registry.js';
import { loadPromClient } from './metrics/prom-client.js';
import { ObservabilityLifecycle } from './observability.lifecycle.js';
import {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  OPTIONS_TYPE,
} from './observability.module-definition.js';
import type { ResolvedOptions } from './observability.options.js';
import { resolveOptions } from './resolve-options.js';
import { SentryService } from './sentry/sentry.service.js';
import { showValue } from './show-value.js';

const RESOLVED_OPTIONS = Symbol('resolved options of ObservabilityModule');

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
  {
    provide: ObservabilityController,
    inject: [HealthRegistry, MetricsRegistry, RESOLVED_OPTIONS],
    useFactory: (
      checks: HealthRegistry,
      metrics: MetricsRegistry,
      { health, tools }: ResolvedOptions,
    ) => {
      const logger = new Logger('Observability');
      const showsDetails = detailsPolicy(health.details, (problem) => logger.warn(problem));
      const { statusCodes } = health;
      return new ObservabilityController(checks, metrics, { statusCodes, showsDetails, tools });
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
    return withProviders(super.forRoot(options));
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
    return withProviders(super.forRootAsync(options));
  }

  /** Called by NestJS. */
  configure(): void {
    // What depends on a request does not exist yet, and NestJS hands in nothing instead of saying so.
    const lifecycle: ObservabilityLifecycle | undefined = this.lifecycle;
    if (lifecycle === undefined) {
      throw new TypeError(
        'ObservabilityModule: its options depend on something request-scoped; ' +
          'accepted is what lives as long as the application',
      );
    }
    lifecycle.mount();
  }
}

/** What must be right before NestJS sees it. The options themselves are read when the application is created. */
function assertDeclaration(method: string, options: { isGlobal?: unknown } | null): void {
  const subject = `ObservabilityModule.${method}()`;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${subject} takes an object; got ${showValue(options)}`);
  }
  if (options.isGlobal !== undefined && typeof options.isGlobal !== 'boolean') {
    throw new TypeError(
      `${subject}: isGlobal is ${showValue(options.isGlobal)}; accepted is true or false`,
    );
  }
}

function withProviders(definition: DynamicModule): DynamicModule {
  return {
    ...definition,
    imports: [...(definition.imports ?? []), LifecycleEdgeModule],
    providers: [...(definition.providers ?? []), ...providers],
    exports: [HealthRegistry, MetricsRegistry, SentryService],
  };
}
