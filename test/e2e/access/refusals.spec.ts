import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ObservabilityModuleOptions } from 'nestjs-observability';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { bootGuarded, bytes, CONTENT, PATHS, type HostName } from './guarded-app.js';

type Access = ObservabilityModuleOptions['access'];

const TOKEN = 'hunter2-of-the-routes';

const BEARER: Access = {
  health: { bearer: TOKEN },
  metrics: { bearer: TOKEN },
  tools: { bearer: TOKEN },
};

const NOBODY: Access = { health: () => false, metrics: () => false, tools: () => false };

const GUARDED = [PATHS.health, PATHS.metrics, PATHS.tools];

/** In front of the framework, nothing of it is in an answer. */
const IN_FRONT: readonly HostName[] = [
  'a plain application',
  'prefix, versioning and guard together',
  'the management port',
];

const AROUND: readonly HostName[] = [
  'a plain application',
  "pipeline 'nest'",
  "pipeline 'nest' with prefix and versioning",
  'the management port',
];

function refusal(head: string, body: string, ...more: string[]): string {
  return [
    `HTTP/1.1 ${head}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    ...more,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

const UNAUTHORIZED = refusal(
  '401 Unauthorized',
  '{"status":"unauthorized"}',
  'WWW-Authenticate: Bearer',
);
const FORBIDDEN = refusal('403 Forbidden', '{"status":"forbidden"}');

/** Without what is another one each second. */
function withoutDate(answer: string): string {
  return answer.replace(/^date: .*\r\n/im, '');
}

describe.each(PLATFORMS)('a refusal on %s', (platform) => {
  describe.each(IN_FRONT)('in front, %s', (host) => {
    it.each<[string, Access, string]>([
      ['401', BEARER, UNAUTHORIZED],
      ['403', NOBODY, FORBIDDEN],
    ])('%s is the same to the byte, whatever is behind', async (_code, access, expected) => {
      const full = await bootGuarded(platform, host, { access });
      const empty = await bootGuarded(platform, host, { access }, false);
      for (const { send } of [full, empty]) {
        for (const path of GUARDED) {
          for (const accept of ['*/*', 'text/html', 'application/openmetrics-text']) {
            const answer = await send(bytes(path, [`Accept: ${accept}`]));
            expect(withoutDate(answer), `${path} ${accept}`).toBe(expected);
          }
          const head = withoutDate(await send(bytes(path, [], 'HEAD')));
          expect(head).toBe(expected.replace(/\{.*\}$/, ''));
        }
      }
    });
  });

  it.each<[string, Access]>([
    ['401', BEARER],
    ['403', NOBODY],
  ])(
    "among the application's controllers, %s is the same whatever is behind",
    async (_code, access) => {
      const seen = new Set<string>();
      for (const content of [true, false]) {
        const { send } = await bootGuarded(platform, "pipeline 'nest'", { access }, content);
        for (const path of GUARDED) seen.add(withoutDate(await send(bytes(path))));
      }
      expect([...seen]).toHaveLength(1);
      expect([...seen][0]).not.toMatch(/etag|set-cookie|location/i);
    },
  );

  it('runs no check and collects no metric', async () => {
    const { get, work } = await bootGuarded(platform, 'a plain application', { access: BEARER });
    work.scrapes = 0;
    for (const path of GUARDED) expect((await get(path)).status).toBe(401);
    expect(work).toEqual({ checks: 0, scrapes: 0 });
    const headers = { authorization: `Bearer ${TOKEN}` };
    for (const path of GUARDED) expect((await get(path, { headers })).status).toBe(200);
    expect(work).toEqual({ checks: 1, scrapes: 1 });
  });

  it.each(AROUND)('is 405 for other methods, with a token or without, with %s', async (host) => {
    const { send, base } = await bootGuarded(platform, host, { access: BEARER });
    const { pathname } = new URL(base + PATHS.metrics);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      for (const headers of [
        [],
        [`Authorization: Bearer ${TOKEN}`],
        ['X-HTTP-Method-Override: GET'],
      ]) {
        const asked = bytes(pathname, [...headers, 'Content-Length: 0'], method);
        const answer = await send(asked);
        expect(answer).toMatch(/^HTTP\/1\.1 405 /);
        expect(answer).toMatch(/\r\nAllow: GET, HEAD\r\n/i);
        expect(answer).not.toMatch(CONTENT);
      }
    }
  });

  it.each(AROUND)('is no way around with %s, however the path is written', async (host) => {
    const { send, base } = await bootGuarded(platform, host, { access: BEARER });
    const prefix = new URL(base).pathname.replace(/^\/$/, '');
    const ways = GUARDED.map((path) => prefix + path).flatMap((path) => [
      `${path}/`,
      `${path}//`,
      `/${path}`,
      path.toUpperCase(),
      path.replace('h', '%68').replace('m', '%6d'),
      `/.${path}`,
      `/x/..${path}`,
      `${path}/.`,
      `${path}/x/..`,
      `${path};x=1`,
      `${path}%2f`,
      `${path}%00`,
      `${path}?`,
      `${path}?x=/health/live`,
      `${path}?access_token=${TOKEN}`,
      `${path}#/health/live`,
      `http://127.0.0.1${path}`,
      `http://live${path}?x`,
      `https://user:${TOKEN}@127.0.0.1${path}`,
    ]);
    const answers = await Promise.all(ways.map((way) => send(bytes(way))));
    for (const [index, answer] of answers.entries()) {
      expect(answer, ways[index]).toMatch(/^HTTP\/1\.1 (401|403|404|400) /);
      expect(answer, ways[index]).not.toMatch(CONTENT);
    }
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 401 ')).length).toBeGreaterThan(
      0,
    );
  });

  it('is no news: the token stands in no line of the log and in no answer', async () => {
    const { get, send, log } = await bootGuarded(platform, 'a plain application', {
      access: BEARER,
    });
    const answers = await Promise.all([
      ...Object.values(PATHS).map(async (path) => (await get(path)).text()),
      ...Object.values(PATHS).map(async (path) => {
        const headers = { authorization: `Bearer ${TOKEN}` };
        return (await get(path, { headers })).text();
      }),
      send(bytes(PATHS.metrics, [`Authorization: Bearer ${TOKEN}x`])),
    ]);
    expect(answers.join('\n')).not.toContain('hunter2');
    expect(JSON.stringify(log.lines)).not.toContain('hunter2');
  });
});

describe('without a socket', () => {
  it("a request that comes by Fastify's inject is refused too", async () => {
    const { app } = await bootGuarded('fastify', 'a plain application', { access: BEARER });
    const fastify = app.getHttpAdapter() as unknown as FastifyAdapter;
    const ask = async (url: string, headers = {}): Promise<unknown[]> => {
      const { statusCode, payload } = await fastify.inject({ method: 'GET', url, headers });
      return [statusCode, CONTENT.test(payload)];
    };
    for (const path of GUARDED) {
      expect(await ask(path)).toEqual([401, false]);
      expect(await ask(path, { authorization: 'Bearer x' })).toEqual([401, false]);
      expect(await ask(path, { authorization: `Bearer ${TOKEN}` })).toEqual([200, true]);
    }
    expect(await ask(PATHS.live)).toEqual([200, false]);
  });

  it('a request to an Express application that is called as a function is refused too', async () => {
    const { app } = await bootGuarded('express', 'a plain application', { access: BEARER });
    const server = createServer(app.getHttpAdapter().getInstance() as RequestListener);
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    for (const path of GUARDED) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([answer.status, CONTENT.test(await answer.text())]).toEqual([401, false]);
    }
    expect((await fetch(`http://127.0.0.1:${port}${PATHS.live}`)).status).toBe(200);
  });
});

it('A function of the request may ask an outside world that says no, and live and ready are open all the same', async () => {
  const asked: string[] = [];
  const note = ({ url }: IncomingMessage): boolean => {
    asked.push(String(url));
    return false;
  };
  const access = { health: note, metrics: note, tools: note };
  const { get } = await bootGuarded('express', 'a plain application', { access });
  expect((await get(PATHS.live)).status).toBe(200);
  expect((await get(PATHS.ready)).status).toBe(200);
  expect(asked).toEqual([]);
});
