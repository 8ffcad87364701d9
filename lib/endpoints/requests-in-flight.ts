import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The requests of an application that have not been answered to the end. */
export class RequestsInFlight {
  readonly #responses = new Set<ServerResponse>();
  readonly #latest = new WeakMap<Socket, ServerResponse>();
  readonly #waiting: (() => void)[] = [];
  readonly #forget: (this: ServerResponse) => void;
  #lastOfConnection = false;

  constructor() {
    const ended = (response: ServerResponse): void => this.#ended(response);
    // One function for all, as this is on the way of every request.
    this.#forget = function forget() {
      ended(this);
    };
  }

  /**
   * Notes a request until it is answered or has gone away. One that waits behind another on the same connection is not
   * noted: Node.js never tells when it goes away.
   */
  add(response: ServerResponse): void {
    if (response.socket === null) return;
    this.#latest.set(response.socket, response);
    this.#responses.add(response);
    response.on('close', this.#forget);
  }

  /** Forgets a request whose connection has closed: one that somebody has taken out of Node's hands never says so. */
  connectionClosed(socket: Socket): void {
    const response = this.#latest.get(socket);
    if (response !== undefined) this.#ended(response);
  }

  /** For an answer that is still to be made: whether it is the last on its connection. */
  mark(response: ServerResponse): void {
    if (this.#lastOfConnection) closeAfter(response);
  }

  /** Whether the request is noted. */
  has(response: ServerResponse): boolean {
    return this.#responses.has(response);
  }

  /**
   * From now on each answer is the last on its connection, those under way among them. What waits behind one of these
   * gets no answer, and has to be sent again.
   */
  closeConnections(): void {
    this.#lastOfConnection = true;
    for (const response of this.#responses) closeAfter(response);
  }

  /** Resolves when none is left. */
  async none(): Promise<void> {
    if (this.#responses.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #ended(response: ServerResponse): void {
    if (!this.#responses.delete(response) || this.#responses.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Node.js says `Connection: close` with it, unless the headers are gone already. */
function closeAfter(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}
