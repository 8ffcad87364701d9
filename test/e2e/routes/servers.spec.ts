import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule } from 'nestjs-observability';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PLATFORMS, type Platform } from '../../support/boot.js';
import { MemoryLog } from '../../support/log.js';

const ROUTES = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];
const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

const PIPELINES = ['front', 'nest'] as const;
type Pipeline = (typeof PIPELINES)[number];

interface Secrets {
  readonly key: string;
  readonly cert: string;
}

let directory = '';
let secrets: Secrets = { key: '', cert: '' };

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'routes-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=shop.example.com'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  secrets = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
});

afterAll(() => rmSync(directory, { recursive: true }));

interface Made {
  readonly app: INestApplication;
  readonly log: MemoryLog;
}

async function make(platform: Platform, pipeline: Pipeline, tls?: Secrets): Promise<Made> {
  @Module({ imports: [ObservabilityModule.forRoot({ pipeline })] })
  class AppModule {}
  const log = new MemoryLog();
  const adapter =
    platform === 'express'
      ? new ExpressAdapter()
      : new FastifyAdapter(tls === undefined ? {} : { https: tls });
  const app = await NestFactory.create(AppModule, adapter, {
    logger: log,
    abortOnError: false,
    ...(tls === undefined ? {} : { httpsOptions: tls }),
  });
  onTestFinished(() => app.close());
  return { app, log };
}

/** What the server has answered, the module's own question among them. */
function watchAnswers(app: INestApplication): ServerResponse[] {
  const answers: ServerResponse[] = [];
  const server = app.getHttpServer() as Server;
  const emit = server.emit.bind(server) as (event: string, ...values: unknown[]) => boolean;
  server.emit = (event: string, ...values: unknown[]): boolean => {
    if (event === 'request') answers.push(values[1] as ServerResponse);
    return emit(event, ...values);
  };
  return answers;
}

function expectBodies([health, live, ready, metrics, tools]: readonly string[]): void {
  expect(health).toMatch(/^\{"status":"healthy",/);
  expect(live).toBe('{"status":"alive"}');
  expect(ready).toBe('{"status":"ready","health":"healthy"}');
  expect(metrics).toMatch(/^# Metrics are off/);
  expect(tools).toBe('{"flower":null,"grafana":null,"prometheus":null}');
}

async function expectRoutes(
  ask: (path: string) => Promise<http.ClientRequest>,
  log: MemoryLog,
): Promise<void> {
  const bodies: string[] = [];
  for (const path of ROUTES) {
    const [response] = (await once(await ask(path), 'response')) as [IncomingMessage];
    expect([path, response.statusCode]).toEqual([path, 200]);
    bodies.push(await text(response));
    expect(response.headers['cache-control']).toBe('no-store');
  }
  expectBodies(bodies);
  // The module has asked before all these, and been answered before the last of them.
  expect(log.ours('warn')).toEqual([expect.stringMatching(/^No health check is registered/)]);
  expect(log.ours('error')).toEqual([]);
}

describe.each(PLATFORMS.flatMap((platform) => PIPELINES.map((p) => [platform, p] as const)))(
  'on %s with pipeline %s the five routes answer, and the module sees that they do,',
  (platform, pipeline) => {
    it('over TLS', async () => {
      const { app, log } = await make(platform, pipeline, secrets);
      await app.init();
      const answers = watchAnswers(app);
      await app.listen(0, '127.0.0.1');
      const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
      await expectRoutes(
        async (path) =>
          https.get({ host: '127.0.0.1', port, path, agent: false, rejectUnauthorized: false }),
        log,
      );
      expect(answers).toHaveLength(ROUTES.length + 1);
    });

    it('on a socket of the file system', async () => {
      const { app, log } = await make(platform, pipeline);
      await app.init();
      const answers = watchAnswers(app);
      const socketPath = join(directory, `${platform}-${pipeline}.sock`);
      await app.listen(socketPath);
      await expectRoutes(async (path) => http.get({ socketPath, path, agent: false }), log);
      expect(answers).toHaveLength(ROUTES.length + 1);
    });

    it.each(['0.0.0.0', undefined, ...(HAS_IPV6 ? ['::1', '::'] : [])])(
      'at %s',
      async (address) => {
        const { app, log } = await make(platform, pipeline);
        await app.init();
        const answers = watchAnswers(app);
        await (address === undefined ? app.listen(0) : app.listen(0, address));
        const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
        const host = address === '::1' ? '::1' : '127.0.0.1';
        await expectRoutes(async (path) => http.get({ host, port, path, agent: false }), log);
        expect(answers).toHaveLength(ROUTES.length + 1);
      },
    );
  },
);

describe.each(PIPELINES)('over HTTP/2 with pipeline %s', (pipeline) => {
  it.each([true, false])('the five routes answer (and HTTP/1: %s)', async (allowHTTP1) => {
    @Module({ imports: [ObservabilityModule.forRoot({ pipeline })] })
    class AppModule {}
    const log = new MemoryLog();
    const adapter = new FastifyAdapter({ http2: true, https: { ...secrets, allowHTTP1 } } as never);
    const app = await NestFactory.create(AppModule, adapter, { logger: log, abortOnError: false });
    onTestFinished(() => app.close());
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    onTestFinished(() => session.destroy());
    const bodies: string[] = [];
    for (const path of ROUTES) {
      const stream = session.request({ ':path': path });
      const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
      expect([path, headers[':status']]).toEqual([path, 200]);
      bodies.push(await text(stream));
    }
    expectBodies(bodies);
    const refused = session.request({ ':path': '/health', ':method': 'POST' }, { endStream: true });
    const [{ ':status': status, allow }] = (await once(refused, 'response')) as [
      http2.IncomingHttpHeaders,
    ];
    expect([status, allow]).toEqual([405, 'GET, HEAD']);
    refused.resume();
    expect(log.ours('warn')).toEqual([expect.stringMatching(/^No health check is registered/)]);
    expect(log.ours('error')).toEqual([]);
  });
});
