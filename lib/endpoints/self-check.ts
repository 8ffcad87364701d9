import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Server } from 'node:net';
import { errorText, showText } from '../show-value.js';

/** How long the answer may take, in milliseconds. */
const PATIENCE_MS = 5_000;

/** More than the documented answer has. */
const MAX_BODY = 200;

/** What the liveness route answers, as status code and body. */
const DOCUMENTED: readonly string[] = ['200 {"status":"alive"}', '503 {"status":"dead"}'];

/**
 * Asks a server for the liveness route as a stranger would. One that speaks HTTP/2 is not asked.
 *
 * @returns what is wrong with the answer, if anything.
 */
export async function checkLiveRoute(server: Server, path: string): Promise<string | undefined> {
  if (!(server instanceof http.Server) && !(server instanceof https.Server)) return undefined;
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  try {
    const answer = await ask(server, path, deadline);
    return DOCUMENTED.includes(answer) ? undefined : `the answer was ${showText(answer)}`;
  } catch (error) {
    if (!server.listening) return undefined;
    const why = deadline.aborted ? `none within ${PATIENCE_MS} ms` : errorText(error);
    return `there was no answer: ${why}`;
  }
}

function ask(server: Server, path: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      let body = '';
      response.setEncoding('utf8');
      const done = (): void => resolve(`${response.statusCode} ${body}`);
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length <= MAX_BODY) return;
        done();
        response.destroy();
      });
      response.on('end', done);
      response.on('error', reject);
    };
    const options = {
      ...whereTo(server),
      path,
      agent: false,
      signal,
    };
    const request =
      server instanceof https.Server
        ? // The certificate is that of a name, and this asks an address.
          https.get({ ...options, rejectUnauthorized: false }, answered)
        : http.get(options, answered);
    request.on('socket', (socket) => socket.unref());
    request.on('error', reject);
  });
}

/** An address that stands for all of a machine's is no address to connect to. */
function whereTo(server: Server): http.RequestOptions {
  const address = server.address();
  if (typeof address === 'string') return { socketPath: address };
  if (address === null) throw new Error('it does not listen any more');
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address.address] ?? address.address;
  return { host, port: address.port };
}
