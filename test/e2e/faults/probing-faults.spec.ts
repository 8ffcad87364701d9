import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { healthy, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { boot, PLATFORMS, type Platform } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { bootFaulty, type FaultyApp } from './faulty-app.js';
import { ProcessWatch } from './process-watch.js';

const SOCKETS = 100;
const REQUESTS_EACH = 100;

const A_MEGABYTE = `/health?${'q'.repeat(1_000_000)}`;

interface Gated extends FaultyApp {
  /** How often each check was called. */
  readonly calls: Record<string, number>;
  /** Lets the check that waits come to its answer. */
  readonly open: () => void;
  /** How many requests have come, without those for liveness. */
  readonly asked: () => number;
}

/** Three checks: two wait until they are let, one answers at once. */
async function bootGated(platform: Platform): Promise<Gated> {
  const calls = { waits: 0, waitsToo: 0, quick: 0 };
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const faulty = await bootFaulty(platform);
  faulty.add(
    {
      name: 'waits',
      check: () => {
        calls.waits += 1;
        return opened.then(() => healthy('it was worth the wait'));
      },
    },
    {
      name: 'waits-too',
      check: () => {
        calls.waitsToo += 1;
        return opened;
      },
    },
    { name: 'quick', check: () => void (calls.quick += 1) },
  );
  const server = faulty.app.getHttpServer() as Server;
  const emit = vi.spyOn(server, 'emit');
  const asked = (): number => emit.mock.calls.filter(isForHealth).length;
  return { ...faulty, calls, asked, open };
}

function isForHealth([event, incoming]: [event: string | symbol, ...values: unknown[]]): boolean {
  return (
    event === 'request' && (incoming as IncomingMessage).url?.startsWith('/health/live') === false
  );
}

function connectTo({ url }: FaultyApp): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Sends requests one behind the other without waiting for an answer. @returns all that is answered. */
function pipeline(app: FaultyApp, requests: readonly string[]): Promise<string> {
  const socket = connectTo(app);
  socket.write(requests.join(''));
  return text(socket);
}

function plain(head: string, ...headers: string[]): string {
  return [`${head} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await settle();
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('ten thousand requests in flight at once share one run of each check, and each is answered', async () => {
    using watch = new ProcessWatch();
    const app = await bootGated(platform);
    const requests = [
      ...Array.from({ length: REQUESTS_EACH - 1 }, () => plain('GET /health')),
      plain('GET /health', 'Connection: close'),
    ];
    const answers = Array.from({ length: SOCKETS }, () => pipeline(app, requests));
    await until(() => app.asked() === SOCKETS * REQUESTS_EACH);
    // By the time of its answer the last of them wait for the run too.
    expect((await app.get('/health/live')).status).toBe(200);
    app.open();

    const all = (await Promise.all(answers)).join('');
    expect(all.split('HTTP/1.1 200 OK')).toHaveLength(SOCKETS * REQUESTS_EACH + 1);
    expect(all.split('it was worth the wait')).toHaveLength(SOCKETS * REQUESTS_EACH + 1);
    expect(app.calls).toMatchObject({ waits: 1, waitsToo: 1 });
    await app.app.close();
    expect(await watch.events()).toEqual([]);
  });

  it('a client that goes away before its answer leaves the shared run to the others, and no line in the log', async () => {
    using watch = new ProcessWatch();
    const app = await bootGated(platform);
    const leaving = Array.from({ length: 20 }, () => connectTo(app));
    for (const socket of leaving) socket.write(plain('GET /health'));
    const staying = app.health();
    await until(() => app.asked() === 21 && app.calls['waits'] === 1);
    await settle();
    for (const socket of leaving) socket.resetAndDestroy();
    await Promise.all(leaving.map((socket) => once(socket, 'close')));
    app.open();
    expect(await staying).toMatchObject({ status: 'healthy' });
    expect(app.calls['waits']).toBe(1);
    expect([...app.log.ours('warn'), ...app.log.ours('error')]).toEqual([
      expect.stringMatching(/^No health check is registered/),
    ]);
    expect(await watch.events()).toEqual([]);
  });

  it('a client that goes away in the middle of its request runs no check', async () => {
    using watch = new ProcessWatch();
    const app = await bootGated(platform);
    const socket = connectTo(app);
    socket.write('GET /health HTTP/1.1\r\nHost: 127');
    await once(socket, 'connect');
    socket.resetAndDestroy();
    await once(socket, 'close');
    expect((await app.get('/health/live')).status).toBe(200);
    expect([app.asked(), app.calls['quick']]).toEqual([0, 0]);
    expect(await watch.events()).toEqual([]);
  });

  it('a HEAD request runs the checks as GET does, and shares a run with it', async () => {
    const app = await bootGated(platform);
    const [head, get] = [app.get('/health', { method: 'HEAD' }), app.get('/health')];
    await until(() => app.asked() === 2 && app.calls['waits'] === 1);
    await settle();
    app.open();
    const [first, second] = [await head, await get];
    expect([first.status, await first.text()]).toEqual([200, '']);
    expect(Number(first.headers.get('content-length'))).toBeGreaterThan(100);
    expect(await second.json()).toMatchObject({ status: 'healthy' });
    expect(app.calls['waits']).toBe(1);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY', 'PURGE'])(
    '%s is refused with 405, or by Node where it does not know it, and runs no check',
    async (method) => {
      const app = await bootGated(platform);
      const answer = await pipeline(app, [plain(`${method} /health`, 'Connection: close')]);
      expect(answer).toMatch(
        /^HTTP\/1\.1 (405 Method Not Allowed\r\n[^]*\r\nAllow: GET, HEAD\r\n|400 Bad)/,
      );
      expect(app.calls).toEqual({ waits: 0, waitsToo: 0, quick: 0 });
    },
  );

  it('a method that does not exist is refused by Node, and runs no check', async () => {
    const app = await bootGated(platform);
    const answer = await pipeline(app, [plain('FOO /health', 'Connection: close')]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    expect(app.calls).toEqual({ waits: 0, waitsToo: 0, quick: 0 });
  });

  it.each(
    [
      ['/health/', 200],
      ['/health?x=1', 200],
      ['/health/?x=1&x=2#y', 200],
      ['//health', 404],
      ['/HEALTH', 200],
      ['/health//', 404],
      ['/%68ealth', 200],
      ['/health%00', 404],
      ['/health/..', 404],
      ['/health;x=1', 404],
      [A_MEGABYTE, 431],
    ].map(([path, code]) => [String(path).slice(0, 30), path, code] as const),
  )(
    '%s is no error of the server, and runs the checks only where it is the route',
    async (_shown, path, code) => {
      using watch = new ProcessWatch();
      const app = await bootGated(platform);
      const answer = pipeline(app, [plain(`GET ${path}`, 'Connection: close')]).catch(
        ({ code: why }: NodeJS.ErrnoException) => String(why),
      );
      if (code === 200) await until(() => app.asked() === 1);
      app.open();
      // Whoever still sends while the server hangs up may see a reset connection instead of the answer.
      expect(await answer).toMatch(
        code === 431 ? /^(HTTP\/1\.1 431|ECONNRESET|EPIPE)/ : RegExp(`^HTTP/1\\.1 ${code} `),
      );
      expect(app.calls['quick']).toBe(code === 200 ? 1 : 0);
      expect(await watch.events()).toEqual([]);
    },
  );

  it.each([
    ['is conditional', 'If-None-Match: *'],
    ['asks for what has changed since', `If-Modified-Since: ${new Date(2 ** 41).toUTCString()}`],
    ['asks for a part', 'Range: bytes=0-3'],
    ['accepts nothing that there is', 'Accept: application/pdf'],
    ['accepts a compressed answer', 'Accept-Encoding: br, gzip'],
  ])(
    'a request that %s gets all of the answer, and no cache may keep it',
    async (_what, header) => {
      const app = await bootGated(platform);
      const answer = pipeline(app, [plain('GET /health', header, 'Connection: close')]);
      await until(() => app.asked() === 1);
      app.open();
      const [head, body] = (await answer).split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(head).toContain('Cache-Control: no-store');
      expect(head).not.toMatch(/content-encoding|etag|last-modified|content-range/i);
      expect(JSON.parse(body ?? '')).toMatchObject({ status: 'healthy', checks: [{}, {}, {}] });
    },
  );

  it('a request that expects to be told to go on is told so, and gets its answer', async () => {
    const app = await bootGated(platform);
    const sent = request(`${app.url}/health`, { headers: { Expect: '100-continue' } });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end();
    await until(() => app.asked() === 1);
    app.open();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(JSON.parse(await text(response))).toMatchObject({ status: 'healthy' });
  });

  it('before bootstrap is done the application is alive and not ready', async () => {
    const seen: unknown[] = [];

    @Injectable()
    class Impatient implements OnApplicationBootstrap {
      constructor(private readonly host: HttpAdapterHost) {}

      async onApplicationBootstrap(): Promise<void> {
        const own = this.host.httpAdapter.getHttpServer() as Server;
        // Nest opens the port after bootstrap; whoever has opened it earlier gets here.
        const early = createServer((incoming, response) => own.emit('request', incoming, response));
        await once(early.listen(0, '127.0.0.1'), 'listening');
        const { port } = early.address() as AddressInfo;
        for (const path of ['/health/live', '/health/ready', '/health']) {
          const response = await fetch(`http://127.0.0.1:${port}${path}`);
          seen.push([
            path,
            response.status,
            ((await response.json()) as { status: string }).status,
          ]);
        }
        early.closeAllConnections();
        early.close();
      }
    }
    const { get } = await boot(
      {
        module: class Starting {},
        imports: [ObservabilityModule.forRoot()],
        providers: [Impatient],
      },
      platform,
    );
    expect(seen).toEqual([
      ['/health/live', 200, 'alive'],
      ['/health/ready', 503, 'not_ready'],
      ['/health', 200, 'unhealthy'],
    ]);
    expect((await get('/health/ready')).status).toBe(200);
  });
});
