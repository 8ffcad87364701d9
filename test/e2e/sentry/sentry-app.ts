import { Module, type DynamicModule } from '@nestjs/common';
import {
  ObservabilityModule,
  SentryService,
  type ObservabilityModuleOptions,
} from 'nestjs-observability';
import { NestFactory } from '@nestjs/core';
import { beforeAll } from 'vitest';
import { boot, type BootedApp, type Platform } from '../../support/boot.js';
import { SentryReceiver } from '../../support/sentry-receiver.js';

@Module({})
class AppModule {}

/** An application with nothing but the observability module. */
export function moduleWith(options: ObservabilityModuleOptions): DynamicModule {
  return { module: AppModule, imports: [ObservabilityModule.forRoot(options)] };
}

/** Boots an application, and gives its Sentry service. */
export async function bootSentry(
  options: ObservabilityModuleOptions,
  platform?: Platform,
): Promise<BootedApp & { sentry: SentryService }> {
  const booted = await boot(moduleWith(options), platform);
  return { ...booted, sentry: booted.app.get(SentryService) };
}

/** Sentry that is on for all tests of a file. */
export interface SharedSentry {
  readonly receiver: SentryReceiver;
  readonly sentry: SentryService;
}

/**
 * One application for all tests of a file. The SDK leaves listeners on the process at every start, so that a file with
 * many tests does not start it for each.
 */
export function shareSentry(): SharedSentry {
  const receiver = new SentryReceiver('answers');
  const shared: { sentry?: SentryService } = {};
  beforeAll(async () => {
    await receiver.listen();
    const app = await NestFactory.createApplicationContext(
      moduleWith({ sentry: { dsn: receiver.dsn } }),
      { logger: false },
    );
    shared.sentry = app.get(SentryService);
    return async () => {
      await app.close();
      await receiver.close();
    };
  });
  return {
    receiver,
    get sentry() {
      if (shared.sentry === undefined) throw new Error('The application has not started yet');
      return shared.sentry;
    },
  };
}
