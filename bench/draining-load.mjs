// What stands before an instance while it is shut down: clients, and the load balancer that takes it out of traffic.
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a client waits for an answer, and how long a load balancer. */
const PATIENCE_MS = 5_000;
const PROBE_PATIENCE_MS = 1_000;

/** What becomes of a request: its status, or the code of the error. */
function ask(options) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', timeout: PATIENCE_MS, ...options }, (response) => {
      response.on('end', () => resolve(String(response.statusCode)));
      response.on('error', (error) => resolve(error.code));
      response.resume();
    });
    request.on('timeout', () => {
      resolve('timeout');
      request.destroy();
    });
    request.on('error', (error) => resolve(error.code));
  });
}

/** Clients that send one request after the other: some on a connection that they keep, some on a new one each time. */
export class Traffic {
  /** Every request: how it was sent, when, and what has become of it. */
  requests = [];
  #stopped = false;
  #clients = [];

  constructor({ port, clients, pauseMs }) {
    for (let client = 0; client < clients; client += 1) {
      this.#clients.push(this.#sendOnKept(port, pauseMs), this.#sendOnNew(port, pauseMs));
    }
  }

  /** Resolves when so many have been answered. */
  async answered(number) {
    while (this.requests.filter(({ endMs }) => endMs !== undefined).length < number) {
      await delay(10);
    }
  }

  /** No more requests. */
  stop() {
    this.#stopped = true;
  }

  /** Resolves when the last answer is there. */
  async settled() {
    await Promise.all(this.#clients);
  }

  async #sendOnKept(port, pauseMs) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await this.#send('kept', { port, agent }, pauseMs);
    agent.destroy();
  }

  #sendOnNew(port, pauseMs) {
    return this.#send('new', { port, agent: false }, pauseMs);
  }

  async #send(connection, options, pauseMs) {
    // Not all at once.
    await delay(Math.random() * 2 * pauseMs);
    while (!this.#stopped) {
      const request = { connection, startMs: performance.now() };
      this.requests.push(request);
      request.outcome = await ask({ path: '/work', ...options });
      request.endMs = performance.now();
      await delay(pauseMs);
    }
  }
}

/**
 * Asks for readiness as a load balancer does. Resolves when the answer has been something other than 200 so many times
 * in a row, and word of it has had its time to get around.
 */
export async function untilTakenOut({ port, periodMs, failureThreshold, propagationMs }) {
  for (let failures = 0; failures < failureThreshold;) {
    await delay(periodMs);
    const outcome = await ask({
      port,
      path: '/health/ready',
      agent: false,
      timeout: PROBE_PATIENCE_MS,
    });
    failures = outcome === '200' ? 0 : failures + 1;
  }
  await delay(propagationMs);
}
