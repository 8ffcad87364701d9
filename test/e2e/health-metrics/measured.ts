import type { DynamicModule, Provider } from '@nestjs/common';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import type { BootedApp } from '../../support/boot.js';

/** A module with metrics on. */
export function measured(
  options: ObservabilityModuleOptions = {},
  providers: Provider[] = [],
): DynamicModule {
  return {
    module: class AppModule {},
    imports: [ObservabilityModule.forRoot({ metrics: { enabled: true }, ...options })],
    providers,
  };
}

/** The samples of a metric in a new scrape. */
export async function scrape({ get }: Pick<BootedApp, 'get'>, name: string): Promise<string[]> {
  const lines = (await (await get('/metrics')).text()).split('\n');
  return lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}
