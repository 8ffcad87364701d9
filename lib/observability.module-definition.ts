import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ObservabilityModuleOptions } from './observability.options.js';

/** How the routes come to be on the application's own port. */
export type PipelineOption = 'front' | 'nest' | { readonly decorators: readonly ClassDecorator[] };

/** What must be known when the module is declared, beside the options. */
export interface ObservabilityModuleExtras {
  /** Whether the whole application can inject from the module without importing it. @default true */
  isGlobal?: boolean | undefined;
  /**
   * `'front'`: the routes answer ahead of the application's own request listeners. `'nest'`: they are an ordinary
   * controller of NestJS, for which guards, prefixes and so on hold; an object gives that controller decorators.
   *
   * @default 'front'
   */
  pipeline?: PipelineOption | undefined;
}

/** What NestJS makes of the options; see its guide on configurable modules. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ObservabilityModuleOptions>({ moduleName: 'Observability' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createObservabilityOptions')
    .setExtras<ObservabilityModuleExtras>(
      { isGlobal: true, pipeline: 'front' },
      (definition, { isGlobal }) => ({ ...definition, global: isGlobal ?? true }),
    )
    .build();

/** The token of the options once environment and defaults are filled in: `ResolvedOptions`. */
export const RESOLVED_OPTIONS: unique symbol = Symbol('resolved options of ObservabilityModule');
