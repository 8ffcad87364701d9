import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ArgumentsHost, HttpServer } from '@nestjs/common';
import { routeOf } from './endpoint.js';

/** A request and its answer, as Node.js knows them, whatever the platform makes of them. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** `GET /orders/:id`; `undefined` where no route is known. */
  readonly endpoint: string | undefined;
  /** The application on Express, or the server on Fastify, that the request is handled by. */
  readonly handledBy: unknown;
}

interface OfPlatform<Raw> {
  readonly raw?: Raw;
}

interface PlatformRequest extends OfPlatform<IncomingMessage> {
  /** Of Express. */
  readonly app?: unknown;
  /** Of Fastify. */
  readonly server?: unknown;
  /** Of Fastify. */
  readonly routeOptions?: { readonly url?: string };
  /** Of Fastify. */
  readonly is404?: boolean;
}

/** What an error of HTTP has ended; `undefined` where it is none of HTTP. */
export function exchangeOf(host: ArgumentsHost): HttpExchange | undefined {
  if (host.getType() !== 'http') return undefined;
  const asked = host.getArgByIndex<PlatformRequest & IncomingMessage>(0);
  const answer = host.getArgByIndex<OfPlatform<ServerResponse> & ServerResponse>(1);
  const request = asked.raw ?? asked;
  const response = answer.raw ?? answer;
  const route = routeOf(request, asked.is404 ? undefined : asked.routeOptions?.url);
  return {
    request,
    response,
    endpoint: route === undefined ? undefined : `${request.method} ${route}`,
    handledBy: asked.app ?? asked.server,
  };
}

/** Whether an application handles a request; `undefined` where that cannot be told. */
export function isHandledBy(
  adapter: HttpServer,
  { handledBy, request }: HttpExchange,
): boolean | undefined {
  const application = adapter.getInstance() as object;
  if (handledBy !== undefined) {
    // Where Fastify has plugins, each has a server that inherits from that of the application.
    return (
      handledBy === application ||
      Object.prototype.isPrototypeOf.call(application, Object(handledBy))
    );
  }
  const { server } = request.socket as { readonly server?: unknown };
  return server !== undefined && server === adapter.getHttpServer() ? true : undefined;
}
