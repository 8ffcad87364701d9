import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answers.js';

/** The headers of an answer, those that all have among them. */
export function headersOf({ contentType, body, headers }: Answer): Record<string, string | number> {
  return {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    ...headers,
  };
}

/** Sends an answer with nothing but `node:http`. */
export function sendAnswer(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(answer.statusCode, headersOf(answer));
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
