import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Writes the lines of a request; `Host` comes by itself. */
export function requestText(head: string, ...headers: readonly string[]): string {
  return [`${head} HTTP/1.1`, 'Host: shop.example.com', ...headers, '', ''].join('\r\n');
}

/** Where a URL leads, for a connection that is made by hand. */
export function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Connects, and gives the connection up when the test is finished. */
export async function open(target: string | NetConnectOpts): Promise<Socket> {
  const socket = connect(typeof target === 'string' ? addressOf(target) : target);
  // Whoever cuts a connection on purpose may see an error that says so.
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Reads until the server hangs up. */
export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** Sends bytes as they are, and reads until the server hangs up. */
export async function exchange(target: string | NetConnectOpts, bytes: string): Promise<string> {
  const socket = await open(target);
  socket.write(bytes);
  return readAll(socket);
}

/** Takes apart what has been read. @param methods of the requests, as the answer to `HEAD` has no body. */
export function answersIn(text: string, methods: readonly string[] = []): WireAnswer[] {
  const answers: WireAnswer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) throw new Error(`no answer: ${rest.slice(0, 200)}`);
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    rest = rest.slice(end + 4);
    if (status < 200) continue;
    const bodiless = methods[answers.length] === 'HEAD' || status === 204 || status === 304;
    const length = bodiless ? 0 : Number(headers['content-length'] ?? rest.length);
    answers.push({ status, headers, body: rest.slice(0, length) });
    rest = rest.slice(length);
  }
  return answers;
}

/** Sends one request and takes its answer apart. */
export async function ask(
  target: string | NetConnectOpts,
  head: string,
  ...headers: readonly string[]
): Promise<WireAnswer> {
  const text = await exchange(target, requestText(head, ...headers, 'Connection: close'));
  const [answer] = answersIn(text, [head.split(' ')[0] ?? '']);
  if (answer === undefined) throw new Error(`${head} got no answer`);
  return answer;
}
