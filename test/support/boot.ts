import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { onTestFinished } from 'vitest';
import { MemoryLog } from './log.js';

/** The HTTP platforms that NestJS runs on. */
export const PLATFORMS = ['express', 'fastify'] as const;

export type Platform = (typeof PLATFORMS)[number];

/** An application that listens on a port of its own. */
export interface BootedApp {
  readonly app: INestApplication;
  readonly log: MemoryLog;
  /** Without a slash at the end. */
  readonly url: string;
  /** Fetches a path of the application. */
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
}

/** Boots a module on real HTTP; the application is closed when the test is finished. */
export async function boot(
  module: Type | DynamicModule,
  platform: Platform = 'express',
  prepare: (app: INestApplication) => void | Promise<void> = () => {},
  log: MemoryLog = new MemoryLog(),
): Promise<BootedApp> {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(module, adapter, { logger: log, abortOnError: false });
  onTestFinished(() => app.close());
  await prepare(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { app, log, url, get: (path, init) => fetch(url + path, init) };
}

/** Boots a module that must not start. @returns the error's message. */
export async function bootError(module: Type | DynamicModule): Promise<string> {
  const app = await NestFactory.create(module, { logger: false, abortOnError: false }).catch(
    (error: unknown) => error as Error,
  );
  if (app instanceof Error) return app.message;
  onTestFinished(() => app.close());
  return app.init().then(
    () => 'the application started',
    (error: unknown) => (error as Error).message,
  );
}
