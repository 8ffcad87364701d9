import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { RequestHandler } from './request-handler.js';

/** The part of a Fastify instance that is used here. */
interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyMessage<IncomingMessage>, reply: FastifyReply, done: () => void) => void,
  ): void;
  addHook(name: 'onListen', hook: (done: () => void) => void): void;
}

interface FastifyMessage<Raw> {
  readonly raw: Raw;
}

interface FastifyReply extends FastifyMessage<ServerResponse> {
  hijack(): void;
}

/**
 * Puts a handler in front of an application: ahead of the request listeners of its own server, so that no middleware,
 * guard, prefix or versioning stands between, and in the framework for what comes in without a socket (Fastify's
 * `inject`, an Express application called as a function).
 */
export function mountRoutes(adapter: AbstractHttpAdapter, handle: RequestHandler): void {
  putInFront(adapter.getHttpServer() as Server, handle);
  if (adapter.getType() === 'fastify') {
    const fastify = adapter.getInstance<FastifyLike>();
    fastify.addHook('onRequest', (request, reply, done) => {
      if (handle(request.raw, reply.raw)) reply.hijack();
      else done();
    });
    fastify.addHook('onListen', (done) => {
      for (const server of furtherServers(fastify)) putInFront(server, handle);
      done();
    });
  } else {
    adapter.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (!handle(request, response)) next();
    });
  }
}

/** Calls back when the application's server begins to listen, which it may never do. */
export function whenListening(adapter: AbstractHttpAdapter, callback: () => void): void {
  (adapter.getHttpServer() as Server).once('listening', callback);
}

/** Fastify opens a server of its own for each further address of a name such as `localhost`. */
function furtherServers(fastify: FastifyLike): readonly Server[] {
  const bindings = Object.getOwnPropertySymbols(fastify).find(
    ({ description }) => description === 'fastify.serverBindings',
  );
  return bindings === undefined ? [] : (Reflect.get(fastify, bindings) as Server[]);
}

/** Listeners that come later stand behind it too. */
function putInFront(server: Server, handle: RequestHandler): void {
  const emit = server.emit.bind(server) as (event: string, ...values: unknown[]) => boolean;
  server.emit = (event: string, ...values: unknown[]): boolean => {
    const [request, response] = values as [IncomingMessage, ServerResponse];
    return (event === 'request' && handle(request, response)) || emit(event, ...values);
  };
}
