import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answers.js';

/** Sends an answer with nothing but `node:http`. */
export function sendAnswer(
  { statusCode, headers, body }: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(statusCode, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}
