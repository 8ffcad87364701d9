import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  ForbiddenException,
  VersioningType,
  type CanActivate,
  type INestApplication,
} from '@nestjs/common';
import {
  HealthRegistry,
  MetricsRegistry,
  ObservabilityModule,
  unhealthy,
  type ObservabilityModuleOptions,
} from 'nestjs-observability';
import { onTestFinished } from 'vitest';
import { boot, type Platform } from '../../support/boot.js';
import type { MemoryLog } from '../../support/log.js';

/** The five routes, where they are unless somebody moves them. */
export const PATHS = {
  health: '/health',
  live: '/health/live',
  ready: '/health/ready',
  metrics: '/metrics',
  tools: '/health/tools',
} as const;

export type Route = keyof typeof PATHS;

/** What only those may learn whom a route admits. */
export const CONTENT = /secret-db|refused by db-7|secret_orders_total|grafana\.secret\.example/;

class DenyEveryone implements CanActivate {
  canActivate(): never {
    throw new ForbiddenException();
  }
}

interface Host {
  /** What stands before the five paths there. */
  readonly prefix: string;
  readonly options?: Parameters<typeof ObservabilityModule.forRoot>[0];
  readonly prepare?: (app: INestApplication) => unknown;
}

/** What the routes are part of. */
export const HOSTS = {
  'a plain application': { prefix: '' },
  'a global prefix': { prefix: '', prepare: (app) => app.setGlobalPrefix('api') },
  'URI versioning': {
    prefix: '',
    prepare: (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
  },
  'header versioning': {
    prefix: '',
    prepare: (app) =>
      app.enableVersioning({
        type: VersioningType.HEADER,
        header: 'X-Version',
        defaultVersion: '1',
      }),
  },
  'a global guard': { prefix: '', prepare: (app) => app.useGlobalGuards(new DenyEveryone()) },
  'prefix, versioning and guard together': {
    prefix: '',
    prepare: (app) =>
      app
        .setGlobalPrefix('api')
        .enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })
        .useGlobalGuards(new DenyEveryone()),
  },
  "pipeline 'nest'": { prefix: '', options: { pipeline: 'nest' } },
  "pipeline 'nest' with prefix and versioning": {
    prefix: '/api',
    options: { pipeline: 'nest' },
    prepare: (app) =>
      app
        .setGlobalPrefix('api')
        .enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
  },
  'the management port': {
    prefix: '',
    options: { management: { port: 0, host: '127.0.0.1' } },
    prepare: (app) => app.setGlobalPrefix('api').useGlobalGuards(new DenyEveryone()),
  },
} satisfies Record<string, Host>;

export type HostName = keyof typeof HOSTS;

export const HOST_NAMES = Object.keys(HOSTS) as HostName[];

/** An application whose routes have something to tell. */
export interface GuardedApp {
  readonly app: INestApplication;
  readonly log: MemoryLog;
  /** Where its routes are, without a slash at the end. */
  readonly base: string;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  /** How often its check was run, and its metrics were collected. */
  readonly work: { checks: number; scrapes: number };
  /** Sends bytes to where the routes are. @returns all that comes back until the connection ends. */
  readonly send: (...parts: readonly (string | Buffer)[]) => Promise<string>;
}

/** Boots an application whose routes have something to tell. Its one check is not critical, and always unhealthy. */
export async function bootGuarded(
  platform: Platform,
  host: HostName,
  options: ObservabilityModuleOptions,
  content = true,
): Promise<GuardedApp> {
  const { prefix, prepare, options: ofHost }: Host = HOSTS[host];
  const module = {
    module: class AppModule {},
    imports: [
      ObservabilityModule.forRoot({
        ...(content && {
          metrics: { enabled: true },
          tools: { grafana: 'https://grafana.secret.example' },
        }),
        ...options,
        ...ofHost,
      }),
    ],
  };
  const work = { checks: 0, scrapes: 0 };
  const { app, log, url } = await boot(module, platform, (prepared) => {
    prepare?.(prepared);
    if (content) fill(prepared, work);
  });
  const own = /listen on (http:\S+)/.exec(log.ours('log').join('\n'))?.[1];
  const base = (own ?? url) + prefix;
  await app.get(HealthRegistry).run();
  work.checks = 0;
  return {
    app,
    log,
    base,
    work,
    get: (path, init) => fetch(base + path, { redirect: 'manual', ...init }),
    send: (...parts) => send(Number(new URL(base).port), parts),
  };
}

function fill(app: INestApplication, work: GuardedApp['work']): void {
  app.get(HealthRegistry).registerCheck(
    'secret-db',
    () => {
      work.checks += 1;
      return unhealthy('refused by db-7', { host: 'db-7' });
    },
    { critical: false },
  );
  app.get(MetricsRegistry).gauge({
    name: 'secret_orders_total',
    help: 'Orders',
    collect: () => void (work.scrapes += 1),
  });
}

function send(port: number, parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  for (const part of parts) socket.write(part);
  // Whoever still sends while the server hangs up may see a reset connection instead of an answer.
  return text(socket).catch(({ code }: NodeJS.ErrnoException) => String(code));
}

/** A request as bytes; the connection ends after its answer. */
export function bytes(path: string, headers: readonly string[] = [], method = 'GET'): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, 'Connection: close'];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
