import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, within } from '../clock.js';
import { errorText } from '../show-value.js';
import { tell } from '../tell.js';
import { notFoundAnswer } from './answers.js';
import type { ManagementAddress } from './endpoints.types.js';
import { OpenConnections } from './open-connections.js';
import type { RequestHandler } from './request-handler.js';
import type { RequestsInFlight } from './requests-in-flight.js';
import { sendAnswer } from './send-answer.js';

/** A kubelet and a few scrapers need no more; whoever takes more takes nothing from them that the time-outs do not give back. */
const LIMITS = {
  maxHeaderSize: 16 * 1_024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;

/** With more than that the oldest gives way: a kubelet must not be kept out by whoever takes them all. */
const MAX_CONNECTIONS = 500;

/** For the last scrape, in milliseconds. */
const LAST_ANSWER_MS = 1_000;

/** The longest that a connection may stand still while an answer is read, in milliseconds. */
const STANDSTILL_MS = 30_000;

/** Answers the routes on a port of their own, for an application with or without HTTP. */
export class ManagementListener {
  readonly #server: Server;
  #isUp = false;

  constructor(
    private readonly address: ManagementAddress,
    handle: RequestHandler,
    inFlight: RequestsInFlight,
    private readonly complain: (problem: string) => void,
  ) {
    this.#server = createServer(LIMITS, (request, response) => {
      inFlight.mark(response);
      if (!handle(request, response)) sendAnswer(notFoundAnswer(), request, response);
    });
    this.#server.setTimeout(STANDSTILL_MS);
    const connections = new OpenConnections();
    this.#server.on('connection', (socket) => {
      if (!this.#isUp) socket.unref();
      if (connections.count >= MAX_CONNECTIONS) connections.endOldest();
      connections.add(socket);
    });
  }

  /**
   * Begins to listen, and does not keep the process alive yet: an application that cannot start must end.
   *
   * @returns where it listens, as a URL.
   * @throws Error when it cannot; it names the option.
   */
  async open(): Promise<string> {
    const { port, host } = this.address;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(unavailable(this.address, error)));
      // In a worker of a cluster too it is this process's own: no other one gets its requests.
      this.#server.listen({ port, host, exclusive: true }, resolve);
    });
    // Too many open files, for instance; whatever it is, it must not end the process.
    this.#server.on('error', (error) =>
      tell(this.complain, `Management port: ${errorText(error)}`),
    );
    this.#server.unref();
    const { address, family, port: taken } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`;
  }

  /** From now on the process lives as long as it listens. */
  keepAlive(): void {
    this.#isUp = true;
    this.#server.ref();
  }

  /** Ends it; an answer that is under way is let finish for a while. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    await within(systemClock, LAST_ANSWER_MS, closed, () => this.#server.closeAllConnections());
    await closed;
  }
}

function unavailable({ port, host }: ManagementAddress, error: NodeJS.ErrnoException): Error {
  const why =
    error.code === 'EADDRINUSE'
      ? 'it is in use; choose another one, or 0 for any free one'
      : errorText(error);
  return new Error(`ObservabilityModule cannot start: management.port ${port} on ${host}: ${why}`, {
    cause: error,
  });
}
