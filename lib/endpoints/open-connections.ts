import type { Socket } from 'node:net';

/** The connections of a server, those that it has handed on to a WebSocket or the like among them. */
export class OpenConnections {
  readonly #sockets = new Set<Socket>();

  /** Notes a connection until it closes. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** How many there are. */
  get count(): number {
    return this.#sockets.size;
  }

  /** Ends the one that has been there longest. */
  endOldest(): void {
    for (const oldest of this.#sockets) {
      this.#sockets.delete(oldest);
      oldest.destroy();
      return;
    }
  }

  /** Ends all, whatever is under way on them. */
  endAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
