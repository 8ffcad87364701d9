// A database over real sockets: a server, and the pool of connections that an application has to it.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** Each line that it gets says after how many milliseconds it answers. */
export async function startDatabase() {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    createInterface(socket).on('line', (ms) => {
      setTimeout(() => socket.writable && socket.write('done\n'), Number(ms));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Behaves as the pool of node-postgres: once it is ended, queries that run are finished and others are refused. */
export class Pool {
  #free = [];
  #waiting = [];
  #connections = [];
  #running = new Set();
  #ended = false;

  constructor(port, size) {
    this.#connections = Array.from({ length: size }, () => connect(port, '127.0.0.1'));
    this.#free = [...this.#connections];
  }

  async query(ms) {
    if (this.#ended) throw new Error('Cannot use a pool after calling end on the pool');
    const answer = this.#run(ms);
    this.#running.add(answer);
    try {
      await answer;
    } finally {
      this.#running.delete(answer);
    }
  }

  async end() {
    this.#ended = true;
    await Promise.allSettled(this.#running);
    for (const connection of this.#connections) connection.end();
  }

  async #run(ms) {
    const connection =
      this.#free.pop() ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
    connection.write(`${ms}\n`);
    await once(connection, 'data');
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else next(connection);
  }
}
