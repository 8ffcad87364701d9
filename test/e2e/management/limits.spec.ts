import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { HealthRegistry } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { ProcessWatch } from '../faults/process-watch.js';
import { bootManaged, bytes, managed, type ManagedApp } from './managed.js';

const LIVE = 'GET /health/live HTTP/1.1';

const codes = (answer: string): string[] => answer.match(/HTTP\/1\.1 \d+/g) ?? [answer];

async function isAlive({ get }: ManagedApp): Promise<boolean> {
  const answer = await get('/health/live');
  return (await answer.text()) === '{"status":"alive"}';
}

describe('the management port', () => {
  it('refuses a header of more than 16 KiB, and goes on', async () => {
    using watch = new ProcessWatch();
    const app = await bootManaged(managed(), 'context');
    const huge = `X-Huge: ${'x'.repeat(16 * 1_024)}`;
    expect(await app.say(bytes(LIVE, huge, 'Connection: close'))).toMatch(
      /^(HTTP\/1\.1 431 |ECONNRESET|EPIPE)/,
    );
    const large = `X-Large: ${'x'.repeat(15 * 1_024)}`;
    expect(codes(await app.say(bytes(LIVE, large, 'Connection: close')))).toEqual(['HTTP/1.1 200']);
    expect(await isAlive(app)).toBe(true);
    expect(await watch.events()).toEqual([]);
  });

  it.each([
    ['a body of 10 MB', bytes('POST /health HTTP/1.1', 'Content-Length: 10000000'), 10_000_000],
    [
      'a body in parts that never ends',
      bytes('POST /health HTTP/1.1', 'Transfer-Encoding: chunked'),
      0,
    ],
  ])('refuses %s before it has read it, and goes on', async (_what, head, length) => {
    using watch = new ProcessWatch();
    const app = await bootManaged(managed(), 'context');
    const socket = app.connect();
    socket.write(head);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 405 /);
    for (let sent = 0; sent < length; sent += 1_000_000) socket.write(Buffer.alloc(1_000_000));
    expect(await isAlive(app)).toBe(true);
    socket.destroy();
    expect(await watch.events()).toEqual([]);
  });

  it('answers what comes after a body on the same connection', async () => {
    const { say } = await bootManaged(managed(), 'context');
    const post = bytes('POST /health HTTP/1.1', 'Content-Length: 100000');
    const answers = await say(post, Buffer.alloc(100_000), bytes(LIVE, 'Connection: close'));
    expect(codes(answers)).toEqual(['HTTP/1.1 405', 'HTTP/1.1 200']);
  });

  it('answers requests that are sent one behind the other, in their order', async () => {
    const { say } = await bootManaged(managed(), 'context');
    const paths = ['/health', '/nowhere', '/health/live', '/metrics', '/health/ready'];
    const answers = await say(
      ...paths.map((path) => bytes(`GET ${path} HTTP/1.1`)),
      bytes('GET /health/tools HTTP/1.1', 'Connection: close'),
    );
    expect(codes(answers)).toEqual(
      [200, 404, 200, 200, 200, 200].map((code) => `HTTP/1.1 ${code}`),
    );
  });

  it.each([
    ['HTTP/1.0, and ends the connection', 'GET /health/live HTTP/1.0\r\n\r\n', 200],
    ['HTTP/1.0 with a name', 'GET /health/live HTTP/1.0\r\nHost: x\r\n\r\n', 200],
    ['HEAD', bytes('HEAD /health/live HTTP/1.1', 'Connection: close'), 200],
    [
      'who wants to be told to go on',
      bytes(LIVE, 'Expect: 100-continue', 'Connection: close'),
      200,
    ],
    [
      'who would rather have another protocol',
      bytes(LIVE, 'Upgrade: websocket', 'Connection: upgrade, close'),
      200,
    ],
    ['HTTP/1.1 without a name', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['who expects what there is not', bytes(LIVE, 'Expect: a-miracle', 'Connection: close'), 417],
    ['what is no HTTP', 'HELO shop.example.com\r\n\r\n', 400],
    ['the beginning of TLS', '\u0016\u0003\u0001\u0002\u0000\u0001', 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['two lengths', bytes(LIVE, 'Content-Length: 1', 'Content-Length: 2'), 400],
    [
      'a length and parts',
      bytes('POST /health HTTP/1.1', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      400,
    ],
  ])('answers %s', async (_what, request, code) => {
    using watch = new ProcessWatch();
    const app = await bootManaged(managed(), 'context');
    const answer = await app.say(request);
    expect(answer.match(/HTTP\/1\.1 (?!100)\d+/g)).toEqual([`HTTP/1.1 ${code}`]);
    expect(await isAlive(app)).toBe(true);
    expect(await watch.events()).toEqual([]);
  });

  it('opens no way to elsewhere', async () => {
    const { say } = await bootManaged(managed(), 'context');
    expect(await say('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^($|ECONNRESET)/,
    );
  });

  it('answers a new connection where 500 are open, and ends the oldest of them for it', async () => {
    using watch = new ProcessWatch();
    const app = await bootManaged(managed(), 'context');
    const sockets: Socket[] = [];
    for (let at = 0; at < 500; at += 1) {
      const socket = app.connect();
      await once(socket, 'connect');
      sockets.push(socket);
    }
    const [oldest, next] = sockets as [Socket, Socket];
    expect(await app.say(bytes(LIVE, 'Connection: close'))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await text(oldest).catch(String)).toMatch(/^($|Error: .*ECONNRESET)/);
    for (const socket of [next, sockets.at(-1) as Socket]) {
      socket.write(bytes(LIVE, 'Connection: close'));
      expect(codes(await text(socket))).toEqual(['HTTP/1.1 200']);
    }
    for (const socket of sockets) socket.destroy();
    expect(await watch.events()).toEqual([]);
  });

  it('ends a connection whose request is never finished, and answers others meanwhile', async () => {
    using watch = new ProcessWatch();
    const app = await bootManaged(managed(), 'context');
    let checks = 0;
    app.app.get(HealthRegistry).registerCheck('database', () => void (checks += 1));
    const open = (beginning: string) => {
      const socket = app.connect();
      socket.write(beginning);
      // A drop now and then, as it would be done to hold a connection for ever.
      const drops = setInterval(() => socket.writable && socket.write('x'), 300);
      return text(socket)
        .catch(String)
        .finally(() => clearInterval(drops));
    };
    const silent = app.connect();
    const unfinished = [
      open('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      open('GET /health'),
      text(silent).catch(String),
    ];
    expect(await isAlive(app)).toBe(true);
    const ends = await Promise.all(unfinished);
    expect(ends[0]).toMatch(/^(HTTP\/1\.1 408 Request Timeout|Error: .*ECONNRESET)/);
    expect(ends[1]).toMatch(/^(HTTP\/1\.1 408 Request Timeout|Error: .*ECONNRESET)/);
    expect(ends[2]).toMatch(/^(HTTP\/1\.1 408 Request Timeout|Error: .*ECONNRESET|$)/);
    expect(checks).toBe(0);
    expect(await isAlive(app)).toBe(true);
    expect(await watch.events()).toEqual([]);
  });
});
