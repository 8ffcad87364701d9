import { Module } from '@nestjs/common';
import {
  HealthRegistry,
  ObservabilityModule,
  type HealthCheckReturn,
  type ObservabilityModuleOptions,
} from 'nestjs-observability';
import { boot, type Platform } from '../../support/boot.js';

/** An application with a page, and a check for each thing that it says. */
export interface Shop {
  /** Of the page. */
  readonly url: string;
  readonly registry: HealthRegistry;
  /** What the checks say from their next run on. */
  readonly says: Record<string, HealthCheckReturn>;
  readonly close: () => Promise<void>;
}

/** Boots an application whose checks say what they are told to say. */
export async function openShop(
  platform: Platform,
  says: Record<string, HealthCheckReturn>,
  options: ObservabilityModuleOptions = {},
): Promise<Shop> {
  @Module({ imports: [ObservabilityModule.forRoot(options)] })
  class ShopModule {}

  const { app, url } = await boot(ShopModule, platform, (host) => {
    const checks = host.get(HealthRegistry);
    for (const name of Object.keys(says)) checks.registerCheck(name, () => says[name]);
  });
  const registry = app.get(HealthRegistry);
  return { url: `${url}/health`, registry, says, close: () => app.close() };
}
