import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** What the tests read of an event. */
export interface SentryEvent {
  readonly event_id: string;
  readonly level?: string;
  readonly message?: string;
  readonly environment?: string;
  readonly release?: string;
  readonly tags?: Record<string, unknown>;
  readonly extra?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
  readonly request?: Record<string, unknown>;
  readonly exception?: { readonly values: readonly { type?: string; value?: string }[] };
}

/** Whether the receiver answers what it gets, or leaves every request open. */
export type Answering = 'answers' | 'never answers';

/** How long an event may take to arrive. */
const PATIENCE_MS = 10_000;

/** A Sentry server on the loopback interface: it takes envelopes and keeps their events. */
export class SentryReceiver {
  readonly #server = createServer((request, response) => void this.#take(request, response));
  readonly #events: SentryEvent[] = [];
  readonly #waiting = new Map<string, (event: SentryEvent) => void>();
  readonly #answering: Answering;
  #text = '';

  constructor(answering: Answering) {
    this.#answering = answering;
  }

  /** The events that have arrived, in order. */
  get events(): readonly SentryEvent[] {
    return this.#events;
  }

  /** Everything that has arrived, as it came. */
  get text(): string {
    return this.#text;
  }

  /** The DSN of its one project. */
  get dsn(): string {
    return `http://key@127.0.0.1:${(this.#server.address() as AddressInfo).port}/1`;
  }

  /** The event of this id, as soon as it is there. Rejects when it does not come. */
  async waitFor(eventId: string | null): Promise<SentryEvent> {
    if (eventId === null) throw new Error('There is no event to wait for: the id is null');
    const arrived = this.#events.find((event) => event.event_id === eventId);
    return arrived ?? this.#arrival(eventId);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #arrival(eventId: string): Promise<SentryEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const ids = this.#events.map((event) => event.event_id).join(', ') || 'none';
        reject(new Error(`Event ${eventId} has not arrived in ${PATIENCE_MS} ms; arrived: ${ids}`));
      }, PATIENCE_MS);
      this.#waiting.set(eventId, (event) => {
        clearTimeout(timer);
        resolve(event);
      });
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = await request.toArray();
    const sent = Buffer.concat(chunks);
    const envelope = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    this.#text += envelope.toString();
    for (const event of eventsIn(envelope)) {
      this.#events.push(event);
      this.#waiting.get(event.event_id)?.(event);
    }
    if (this.#answering === 'answers') response.end('{}');
  }
}

/** Starts a receiver; it is closed when the test is finished. */
export async function startReceiver(answering: Answering = 'answers'): Promise<SentryReceiver> {
  const receiver = new SentryReceiver(answering);
  await receiver.listen();
  onTestFinished(() => receiver.close());
  return receiver;
}

/** Lines of JSON: the envelope's header, then a header and a payload for each item. A header may tell the length. */
function eventsIn(envelope: Buffer): SentryEvent[] {
  const events: SentryEvent[] = [];
  for (let rest = afterLine(envelope); rest.length > 0;) {
    const { type, length } = JSON.parse(lineOf(rest)) as { type: string; length?: number };
    const item = afterLine(rest);
    const payload = length === undefined ? lineOf(item) : item.toString('utf8', 0, length);
    if (type === 'event') events.push(JSON.parse(payload) as SentryEvent);
    rest = afterLine(item.subarray(length ?? 0));
  }
  return events;
}

function lineOf(text: Buffer): string {
  const end = text.indexOf('\n');
  return text.toString('utf8', 0, end === -1 ? undefined : end);
}

function afterLine(text: Buffer): Buffer {
  const end = text.indexOf('\n');
  return end === -1 ? text.subarray(text.length) : text.subarray(end + 1);
}
