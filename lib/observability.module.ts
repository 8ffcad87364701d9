import { Module, type DynamicModule, type NestModule } from '@nestjs/common';
import { createNestController } from './endpoints/nest-controller.js';
import { HealthRegistry } from './health/health.registry.js';
import { InnerEdgeModule, OuterEdgeModule } from './lifecycle-edge.js';
import { MeasuredClassesModule } from './metrics/measured-classes.js';
import { MetricsRegistry } from './metrics/metrics.registry.js';
import { ObservabilityLifecycle } from './observability.lifecycle.js';
import {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  OPTIONS_TYPE,
  type ObservabilityModuleExtras,
  type PipelineOption,
} from './observability.module-definition.js';
import { providersWith } from './observability.providers.js';
import { CapturingMethodsModule } from './sentry/handlers/capturing-methods.js';
import { SentryService } from './sentry/sentry.service.js';
import { showValue } from './show-value.js';

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
    imports: [
      ...(definition.imports ?? []),
      InnerEdgeModule,
      OuterEdgeModule,
      MeasuredClassesModule,
      CapturingMethodsModule,
    ],
    controllers: controller === undefined ? [] : [controller],
    providers: [...(definition.providers ?? []), ...providersWith(controller)],
    exports: [HealthRegistry, MetricsRegistry, SentryService],
  };
}
