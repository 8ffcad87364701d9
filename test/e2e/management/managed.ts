import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { DynamicModule, INestApplicationContext, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import { onTestFinished } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { MemoryLog } from '../../support/log.js';

/** What an application with a management port may be made of; `context` is one without HTTP. */
export const KINDS = [...PLATFORMS, 'context'] as const;

export type Kind = (typeof KINDS)[number];

/** The address that tests listen on, with a port that is free. */
export const MANAGEMENT = { port: 0, host: '127.0.0.1' };

/** A module whose routes have a port of their own. */
export function managed(
  options: ObservabilityModuleOptions = {},
  providers: Provider[] = [],
): DynamicModule {
  return {
    module: class AppModule {},
    imports: [ObservabilityModule.forRoot({ management: MANAGEMENT, ...options })],
    providers,
  };
}

/** An application with a management port. */
export interface ManagedApp {
  readonly app: INestApplicationContext;
  readonly log: MemoryLog;
  /** Where the management routes are, without a slash at the end. */
  readonly url: string;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  /** The status codes of the five routes. */
  readonly codes: () => Promise<Record<string, number>>;
  /** Opens a connection, on which anything can be said. */
  readonly connect: () => Socket;
  /** Says something on a connection. @returns all that comes back until it ends. */
  readonly say: (...parts: readonly (string | Buffer)[]) => Promise<string>;
}

/** Boots an application of a kind, without a port of its own. It is closed when the test is finished. */
export async function bootManaged(
  module: DynamicModule,
  kind: Kind,
  log: MemoryLog = new MemoryLog(),
): Promise<ManagedApp> {
  const settings = { logger: log, abortOnError: false };
  if (kind === 'context') {
    const app = await NestFactory.createApplicationContext(module, settings);
    onTestFinished(() => app.close());
    return { app, log, ...reach(urlIn(log)) };
  }
  const adapter = kind === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(module, adapter, settings);
  onTestFinished(() => app.close());
  await app.init();
  return { app, log, ...reach(urlIn(log)) };
}

/** Where the management routes listen, as the log says. */
export function urlIn(log: MemoryLog): string {
  const lines = log
    .ours('log')
    .filter((line) => line.startsWith('The management routes listen on'));
  const url = /^The management routes listen on (http:\/\/\S+)$/.exec(lines[0] ?? '')?.[1];
  if (lines.length !== 1 || url === undefined) throw new Error(`The log says: ${lines.join('; ')}`);
  return url;
}

/** What can be done with a listener at an address. */
export function reach(url: string): Omit<ManagedApp, 'app' | 'log'> {
  const { hostname, port } = new URL(url);
  const open = (): Socket => {
    const socket = connect(Number(port), hostname);
    // Whoever still sends while the server hangs up sees a reset connection.
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    return socket;
  };
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(url + path, init);
  return {
    url,
    get,
    codes: async () => {
      const paths = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];
      const answers = await Promise.all(paths.map((path) => get(path)));
      await Promise.all(answers.map((answer) => answer.text()));
      return Object.fromEntries(answers.map(({ status }, index) => [paths[index], status]));
    },
    connect: open,
    say: (...parts) => {
      const socket = open();
      for (const part of parts) socket.write(part);
      return text(socket).catch(({ code }: NodeJS.ErrnoException) => String(code));
    },
  };
}

/** A request as bytes. */
export function bytes(head: string, ...headers: string[]): string {
  return [head, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
}
