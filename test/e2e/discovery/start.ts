import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry } from 'nestjs-observability';
import { onTestFinished } from 'vitest';
import { MemoryLog } from '../../support/log.js';

/** An application without HTTP, after bootstrap. */
export interface StartedApp {
  readonly app: INestApplicationContext;
  readonly registry: HealthRegistry;
  readonly log: MemoryLog;
}

/** Starts a module without HTTP; the application is closed when the test is finished. */
export async function start(module: Type | DynamicModule): Promise<StartedApp> {
  const log = new MemoryLog();
  const app = await NestFactory.createApplicationContext(module, {
    logger: log,
    abortOnError: false,
  });
  onTestFinished(() => app.close());
  return { app, registry: app.get(HealthRegistry), log };
}

/** Runs all checks. @returns what each of them says: `{ database: 'healthy: the real one' }`. */
export async function answers(registry: HealthRegistry): Promise<Record<string, string>> {
  const { checks } = await registry.run();
  return Object.fromEntries(
    checks.map(({ name, status, message }) => [
      name,
      message === '' ? status : `${status}: ${message}`,
    ]),
  );
}
