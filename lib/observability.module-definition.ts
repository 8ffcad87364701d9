import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ObservabilityModuleOptions } from './observability.options.js';

/** What must be known when the module is declared, beside the options. */
export interface ObservabilityModuleExtras {
  /** Whether the whole application can inject from the module without importing it. @default true */
  isGlobal?: boolean | undefined;
}

/** What NestJS makes of the options; see its guide on configurable modules. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ObservabilityModuleOptions>({ moduleName: 'Observability' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createObservabilityOptions')
    .setExtras<ObservabilityModuleExtras>({ isGlobal: true }, (definition, { isGlobal }) => ({
      ...definition,
      global: isGlobal ?? true,
    }))
    .build();
