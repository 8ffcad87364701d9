import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { INestApplicationContext, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bootError } from '../../support/boot.js';
import { throwingLog } from '../../support/log.js';
import { ProcessWatch } from '../faults/process-watch.js';
import { bootManaged, KINDS, managed, reach, urlIn, type Kind } from './managed.js';

async function portInUse(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Boots what must not come up. @returns why not. */
async function initError(kind: Kind, options: ObservabilityModuleOptions): Promise<string> {
  const settings = { logger: false, abortOnError: false } as const;
  const tell = (error: unknown): string => String(error);
  if (kind === 'context') {
    const booted = NestFactory.createApplicationContext(managed(options), settings);
    return booted.then(closeAtOnce, tell);
  }
  const adapter = kind === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(managed(options), adapter, settings);
  onTestFinished(() => app.close());
  return app.init().then(closeAtOnce, tell);
}

async function closeAtOnce(app: INestApplicationContext): Promise<string> {
  await app.close();
  return 'the application started';
}

describe.each(KINDS)('the management port of an application of kind %s', (kind) => {
  it('that is in use stops boot, and the error says what to do', async () => {
    using watch = new ProcessWatch();
    const port = await portInUse();
    expect(await initError(kind, { management: { port, host: '127.0.0.1' } })).toBe(
      `Error: ObservabilityModule cannot start: management.port ${port} on 127.0.0.1: ` +
        'it is in use; choose another one, or 0 for any free one',
    );
    expect(await watch.events()).toEqual([]);
  });

  it('0 is any free one, and the log says which', async () => {
    const { url, codes } = await bootManaged(managed(), kind);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d{3,4}$/);
    expect(Object.values(await codes())).toEqual([200, 200, 200, 200, 200]);
  });

  it('is open where the log cannot say which it is', async () => {
    const { url, codes } = await bootManaged(managed(), kind, throwingLog());
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(Object.values(await codes())).toEqual([200, 200, 200, 200, 200]);
  });

  it('that is given is the one that it gets', async () => {
    const first = await bootManaged(managed(), kind);
    const port = portOf(first.url);
    await first.app.close();
    const { url } = await bootManaged(managed({ management: { port, host: '127.0.0.1' } }), kind);
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });

  it('is free again once the application has closed, and nothing is left of it', async () => {
    using watch = new ProcessWatch();
    const { app, url, get, connect } = await bootManaged(managed(), kind);
    await (await get('/health')).text();
    const idle = connect();
    await new Promise((resolve) => void idle.once('connect', resolve));
    idle.resume();
    const ended = new Promise((resolve) => void idle.once('close', resolve));
    await app.close();
    await ended;
    await expect(get('/health/live')).rejects.toThrow('fetch failed');
    const again = createServer();
    await new Promise<void>((resolve, reject) => {
      again.once('error', reject).listen(portOf(url), '127.0.0.1', resolve);
    });
    await new Promise((resolve) => void again.close(resolve));
    expect((await watch.leftOpen()).filter((resource) => resource.startsWith('TCP'))).toEqual([]);
    expect(await watch.events()).toEqual([]);
  });

  it('of a name is that of its address', async () => {
    const { url, get } = await bootManaged(
      managed({ management: { port: 0, host: 'localhost' } }),
      kind,
    );
    expect(url).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/);
    expect((await get('/health/live')).status).toBe(200);
  });

  it.each([
    ['a name that does not exist', 'no-such-host.invalid'],
    ['what is no name', 'not a host'],
    ['an address of another machine', '192.0.2.1'],
    ['a URL', 'http://127.0.0.1'],
  ])('on %s stops boot, and the error names it', async (_what, host) => {
    const message = await initError(kind, { management: { port: 0, host } });
    expect(message).toMatch(/^Error: ObservabilityModule cannot start: management\.port 0 on /);
    expect(message).toContain(host);
    expect(message).toMatch(/ENOTFOUND|EADDRNOTAVAIL|EAI_AGAIN|EINVAL/);
  });
});

it('Without a host it listens on all addresses of the machine', async () => {
  const { url } = await bootManaged(managed({ management: { port: 0 } }), 'context');
  expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  expect((await fetch(`http://127.0.0.1:${portOf(url)}/health/live`)).status).toBe(200);
});

it.runIf(hasIpv6())('An address of IPv6 stands in the log as it stands in a URL', async () => {
  const { url, get } = await bootManaged(
    managed({ management: { port: 0, host: '::1' } }),
    'context',
  );
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await get('/health/live')).status).toBe(200);
});

function hasIpv6(): boolean {
  return (networkInterfaces()['lo'] ?? []).some(({ address }) => address === '::1');
}

it('Two applications in one process have one each, and each tells of itself', async () => {
  const grafana = (name: string): ObservabilityModuleOptions => ({
    tools: { grafana: `https://${name}.example.com` },
  });
  const [one, other] = [
    await bootManaged(managed(grafana('one')), 'express'),
    await bootManaged(managed(grafana('other')), 'context'),
  ];
  expect(one.url).not.toBe(other.url);
  expect(await (await one.get('/health/tools')).text()).toContain('https://one.example.com');
  expect(await (await other.get('/health/tools')).text()).toContain('https://other.example.com');
  await one.app.close();
  expect((await other.get('/health/ready')).status).toBe(200);
});

it('A second application on the port of the first does not start, and the first goes on', async () => {
  const first = await bootManaged(managed(), 'context');
  const management = { port: portOf(first.url), host: '127.0.0.1' };
  expect(await initError('context', { management })).toContain('it is in use');
  expect((await first.get('/health/ready')).status).toBe(200);
});

it('An application whose port was in use can be closed', async () => {
  const port = await portInUse();
  const app = await NestFactory.create(managed({ management: { port, host: '127.0.0.1' } }), {
    logger: false,
    abortOnError: false,
  });
  await expect(app.init()).rejects.toThrow('it is in use');
  await expect(app.close()).resolves.toBeUndefined();
});

it('No port is opened where options are bad, or before the application comes up', async () => {
  const lines: string[] = [];
  const note = (line: unknown): void => void lines.push(String(line));
  const logger = { log: note, warn: note, error: note } as LoggerService;
  const app = await NestFactory.create(managed(), { logger, abortOnError: false });
  onTestFinished(() => app.close());
  expect(lines.join()).not.toContain('The management routes listen');
  await app.init();
  expect(lines.join()).toContain('The management routes listen');
});

describe('management that is no such thing stops boot', () => {
  it.each<[unknown, string]>([
    [{}, 'management.port is undefined; accepted is a port'],
    [{ host: '127.0.0.1' }, 'management.port is undefined; accepted is a port'],
    [{ port: -1 }, 'management.port is -1 (number); accepted is a port, 0 to 65535'],
    [{ port: 65_536 }, 'management.port is 65536 (number); accepted is a port'],
    [{ port: 80.5 }, 'management.port is 80.5 (number); accepted is a port'],
    [{ port: Number.NaN }, 'management.port is NaN (number); accepted is a port'],
    [{ port: '9090' }, 'management.port is "9090" (string); accepted is a port'],
    [{ port: null }, 'management.port is null; accepted is a port'],
    [{ port: 0, host: '' }, 'management.host is "" (string); accepted is a text'],
    [{ port: 0, host: null }, 'management.host is null; accepted is a text'],
    [{ port: 0, host: 127 }, 'management.host is 127 (number); accepted is a text'],
    [{ port: 0, path: '/x' }, 'management.path is not an option here; known are port, host'],
    [9090, 'management is 9090 (number); accepted is an object'],
    [null, 'management is null; accepted is an object'],
    [true, 'management is true (boolean); accepted is an object'],
    [[9090], 'management is [9090] (array); accepted is an object'],
  ])('%j', async (management, problem) => {
    const options = { management } as ObservabilityModuleOptions;
    const module = {
      module: class AppModule {},
      imports: [ObservabilityModule.forRoot(options)],
    };
    const message = await bootError(module);
    expect(message).toContain(`ObservabilityModule cannot start: ${problem}`);
  });
});

it('The line of the log is there once, however often the application is initialised', async () => {
  const { app, log, url } = await bootManaged(managed(), 'express');
  await app.init();
  expect(urlIn(log)).toBe(url);
  expect((await reach(url).get('/health/live')).status).toBe(200);
});
