import type { IncomingMessage, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { errorText } from '../show-value.js';
import { failureAnswer, methodNotAllowedAnswer, type Answer } from './answers.js';
import type { ObservabilityController } from './observability.controller.js';

/** Answers a request if it is for one of the five routes. @returns whether it is. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

type Route = (request: IncomingMessage) => Promise<Answer>;

/** Answers the five routes on plain `node:http`, with no framework between. */
export function createRequestHandler(controller: ObservabilityController): RequestHandler {
  const logger = new Logger('Observability');
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/health', (request) => controller.health(request)],
    ['/health/live', () => controller.live()],
    ['/health/ready', () => controller.ready()],
    ['/health/tools', () => controller.tools()],
    ['/metrics', () => controller.metrics()],
  ]);

  const answer = async (
    route: Route,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    try {
      const readable = request.method === 'GET' || request.method === 'HEAD';
      if (!readable) response.setHeader('Allow', 'GET, HEAD');
      const said = readable ? await route(request) : methodNotAllowedAnswer();
      // A server that closes waits for connections, and a probe would use its own for ever.
      if (controller.closing) response.setHeader('Connection', 'close');
      send(said, request, response);
    } catch (error) {
      logger.error(`${request.method} ${pathOf(request.url)} failed: ${errorText(error)}`);
      if (!response.headersSent) send(failureAnswer(), request, response);
    }
  };

  return (request, response) => {
    const route = routes.get(pathOf(request.url));
    if (route === undefined) return false;
    void answer(route, request, response);
    return true;
  };
}

/** The path without query and trailing slash; whoever takes this for a proxy asks with the whole URL. */
function pathOf(target = '/'): string {
  const url = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function send(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode, {
    'Content-Type': answer.contentType,
    'Content-Length': Buffer.byteLength(answer.body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
