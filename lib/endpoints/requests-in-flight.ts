import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What is noted of a request that is measured. */
export interface Exchange {
  readonly startMs: number;
  /** The pattern of its route, where the framework tells it when it has found one. */
  endpoint: string | undefined;
  /** Whether the answer has been sent, where that is no matter of a connection. */
  isSent: boolean;
}

/** Measures requests. Neither function throws. */
export interface ExchangeMeter {
  /** A request has come. */
  begun(): Exchange;
  /** It has been answered to the end, or has gone away. */
  ended(response: ServerResponse, exchange: Exchange): void;
}

/** The requests of an application that have not been answered to the end. */
export class RequestsInFlight {
  readonly #responses = new Map<ServerResponse, Exchange | undefined>();
  /** Those that no drain waits for: without a connection of this application, or behind another on theirs. */
  readonly #apart = new Map<ServerResponse, Exchange>();
  /** The last request of each connection. */
  readonly #latest = new WeakMap<Socket, ServerResponse>();
  /** Those of `#apart` behind another on a connection, which may never say that they end. */
  readonly #behind = new WeakMap<Socket, Set<ServerResponse>>();
  readonly #waiting: (() => void)[] = [];
  readonly #forget: (this: ServerResponse) => void;
  readonly #sent: (this: ServerResponse) => void;
  #meter: ExchangeMeter | undefined;
  #lastOfConnection = false;

  constructor() {
    const ended = (response: ServerResponse): void => this.#ended(response);
    const apart = this.#apart;
    // One function for all, as this is on the way of every request.
    this.#forget = function forget() {
      ended(this);
    };
    this.#sent = function sent() {
      const exchange = apart.get(this);
      if (exchange !== undefined) exchange.isSent = true;
    };
  }

  /** From now on each request that is not one of ours is measured. */
  measure(meter: ExchangeMeter): void {
    this.#meter = meter;
  }

  /** Whether requests are measured. */
  get areMeasured(): boolean {
    return this.#meter !== undefined;
  }

  /**
   * Notes a request until it is answered or has gone away. No drain waits for one that waits behind another on the same
   * connection: Node.js never tells when it goes away.
   */
  add(response: ServerResponse, isOurs = false): void {
    const { socket } = response;
    if (socket === null) {
      if (!isOurs) this.addApart(response);
      return;
    }
    this.#latest.set(socket, response);
    this.#responses.set(response, isOurs ? undefined : this.#meter?.begun());
    response.on('close', this.#forget);
  }

  /** Notes a request that has not come by way of a server of this application, to be measured only. */
  addApart(response: ServerResponse): void {
    // After its end, as when a hook before ours took long, nobody would ever say that it has ended.
    if (this.#meter === undefined || response.destroyed || response.req.socket?.destroyed) return;
    this.#apart.set(response, this.#meter.begun());
    response.on('finish', this.#sent);
    response.on('close', this.#forget);
    if (response.socket === null && response.req.socket) this.#noteBehind(response);
  }

  #noteBehind(response: ServerResponse): void {
    const { socket } = response.req;
    const behind = this.#behind.get(socket);
    if (behind !== undefined) {
      behind.add(response);
      return;
    }
    this.#behind.set(socket, new Set([response]));
    socket.once('close', () => this.connectionClosed(socket));
  }

  /** Forgets the requests of a connection that has closed: some of them never say so. */
  connectionClosed(socket: Socket): void {
    const latest = this.#latest.get(socket);
    if (latest !== undefined) this.#ended(latest);
    for (const response of this.#behind.get(socket) ?? []) this.#ended(response);
  }

  /** For an answer that is still to be made: whether it is the last on its connection. */
  mark(response: ServerResponse): void {
    if (this.#lastOfConnection) closeAfter(response);
  }

  /** Whether the request is noted. */
  has(response: ServerResponse): boolean {
    return this.#responses.has(response) || this.#apart.has(response);
  }

  /** Notes the pattern of a request's route. */
  matched(response: ServerResponse, endpoint: string | undefined): void {
    const exchange = this.#responses.get(response) ?? this.#apart.get(response);
    if (exchange !== undefined) exchange.endpoint = endpoint;
  }

  /** Those that are being measured. */
  *measured(): Iterable<readonly [ServerResponse, Exchange]> {
    for (const [response, exchange] of this.#responses) {
      if (exchange !== undefined) yield [response, exchange];
    }
    yield* this.#apart;
  }

  /**
   * From now on each answer is the last on its connection, those under way among them. What waits behind one of these
   * gets no answer, and has to be sent again.
   */
  closeConnections(): void {
    this.#lastOfConnection = true;
    for (const response of this.#responses.keys()) closeAfter(response);
  }

  /** Resolves when there is none that a drain waits for. */
  async none(): Promise<void> {
    if (this.#responses.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #ended(response: ServerResponse): void {
    const exchange = this.#responses.get(response) ?? this.#apart.get(response);
    if (!this.#responses.delete(response)) this.#endedApart(response);
    if (exchange !== undefined) this.#meter?.ended(response, exchange);
    if (this.#responses.size > 0 || this.#waiting.length === 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #endedApart(response: ServerResponse): void {
    if (this.#apart.delete(response)) this.#behind.get(response.req.socket)?.delete(response);
  }
}

/** Node.js says `Connection: close` with it, unless the headers are gone already. */
function closeAfter(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}
