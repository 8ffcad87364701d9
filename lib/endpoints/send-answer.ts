import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answers.js';

/** Sends an answer with nothing but `node:http`. */
export function sendAnswer(
  { statusCode, headers, body }: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(statusCode, headers);
  if (request.method === 'HEAD') response.end();
  else if (typeof body === 'string') response.end(body);
  else sendParts(body, response);
}

/** No faster than they are read. Of a reader who goes away nothing more is heard, and nothing is left. */
function sendParts(parts: readonly Uint8Array[], response: ServerResponse): void {
  let next = 0;
  const send = (): void => {
    while (next < parts.length) {
      const part = parts[next];
      next += 1;
      if (!response.write(part)) return;
    }
    if (!response.writableEnded) response.end();
  };
  // Once for all, as a middleware that stands in for the response may not let go of a listener.
  response.on('drain', send);
  send();
}
