import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { OpenConnections } from './open-connections.js';
import type { RequestHandler } from './request-handler.js';
import type { RequestsInFlight } from './requests-in-flight.js';

/** The part of a Fastify instance that is used here. */
interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void,
  ): void;
  addHook(name: 'onListen', hook: (done: () => void) => void): void;
}

interface FastifyMessage<Raw> {
  readonly raw: Raw;
}

interface FastifyRequest extends FastifyMessage<IncomingMessage> {
  readonly is404: boolean;
  readonly routeOptions: { readonly url?: string | undefined };
}

interface FastifyReply extends FastifyMessage<ServerResponse> {
  hijack(): void;
}

/** How Node.js tells of a request that expects something, where somebody listens for that. */
const EXPECTING: readonly string[] = ['checkContinue', 'checkExpectation'];

/** How it tells of a connection; of one with TLS it tells twice. */
const CONNECTIONS: readonly string[] = ['connection', 'secureConnection'];

/** What stands ahead of an application. */
export interface Front {
  /** Answers what is for one of our routes; where they are not here, it answers nothing. */
  readonly handle: RequestHandler | undefined;
  /** Every request that is not answered at once is noted here, ours too. */
  readonly inFlight: RequestsInFlight;
  /** Every connection is noted here. */
  readonly connections: OpenConnections;
}

/**
 * Puts what has to come first in front of an application: ahead of the request listeners of its own server, so that no
 * middleware, guard, prefix or versioning stands between, and in the framework for what comes in without a socket
 * (Fastify's `inject`, an Express application called as a function).
 */
export function putInFront(adapter: AbstractHttpAdapter, front: Front): void {
  standBefore(adapter.getHttpServer() as Server, front);
  if (adapter.getType() === 'fastify') {
    const fastify = adapter.getInstance<FastifyLike>();
    fastify.addHook('onListen', (done) => {
      for (const server of furtherServers(fastify)) standBefore(server, front);
      done();
    });
  }
  if (front.handle !== undefined || front.inFlight.areMeasured) standInside(adapter, front);
}

function standInside(adapter: AbstractHttpAdapter, { handle, inFlight }: Front): void {
  const answers: RequestHandler = (request, response) => {
    // What is in flight here has come past the server's front already.
    if (inFlight.has(response)) return false;
    if (handle?.(request, response) === true) return true;
    inFlight.addApart(response);
    return false;
  };
  if (adapter.getType() === 'fastify') {
    const { areMeasured } = inFlight;
    adapter.getInstance<FastifyLike>().addHook('onRequest', (request, reply, done) => {
      if (answers(request.raw, reply.raw)) {
        reply.hijack();
        return;
      }
      // Noted now, as no later hook is called when the answer is aborted.
      if (areMeasured && !request.is404) inFlight.matched(reply.raw, request.routeOptions.url);
      done();
    });
  } else {
    adapter.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (!answers(request, response)) next();
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
function standBefore(server: Server, { handle, inFlight, connections }: Front): void {
  const emit = server.emit.bind(server) as (event: string, ...values: unknown[]) => boolean;
  server.emit = (event: string, ...values: unknown[]): boolean => {
    if (event === 'request' || EXPECTING.includes(event)) {
      // Not destructured, which takes an iterator: this is on the way of every request.
      const request = values[0] as IncomingMessage;
      const response = values[1] as ServerResponse;
      inFlight.mark(response);
      const isOurs = handle?.(request, response) === true;
      if (!response.writableEnded) inFlight.add(response, isOurs);
      if (isOurs) return true;
    } else if (CONNECTIONS.includes(event)) {
      const [socket] = values as [Socket];
      connections.add(socket);
      socket.once('close', () => inFlight.connectionClosed(socket));
    }
    return emit(event, ...values);
  };
}
