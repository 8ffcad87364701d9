import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** What the tests read of an event. */
export interface SentryEvent {
  readonly event_id: string;
  readonly timestamp?: number;
  readonly level?: string;
  readonly message?: string;
  readonly environment?: string;
  readonly release?: string;
  readonly server_name?: string;
  readonly transaction?: string;
  readonly fingerprint?: readonly string[];
  readonly tags?: Record<string, unknown>;
  readonly extra?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
  readonly contexts?: Record<string, Record<string, unknown>>;
  readonly request?: Record<string, unknown>;
  readonly breadcrumbs?: readonly {
    readonly message?: string;
    readonly timestamp?: number;
    readonly [field: string]: unknown;
  }[];
  readonly exception?: { readonly values: readonly { type?: string; value?: string }[] };
}

/** One item of an envelope. */
export interface EnvelopeItem {
  /** `event`, `transaction`, `span`, `session`, `client_report`, … */
  readonly type: string;
  readonly payload: unknown;
}

/** What a server does with what it is sent. */
export type Answering =
  'answers' | 'never answers' | 'resets the connection' | 'answers garbage' | Answer;

/** What a server says, and when. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It says so when this is settled. */
  readonly after?: Promise<unknown>;
}

/** How long an event may take to arrive. */
const PATIENCE_MS = 10_000;

/** A Sentry server on the loopback interface: it takes envelopes and keeps what is in them. */
export class SentryReceiver {
  /** May be changed at any time: it holds for what comes from then on. */
  answering: Answering;
  readonly #server = createServer((request, response) => {
    // The sender may go away in the middle.
    this.#take(request, response).catch(() => {});
  });
  readonly #items: EnvelopeItem[] = [];
  readonly #waiting = new Set<() => void>();
  #text = '';
  #requests = 0;

  constructor(answering: Answering) {
    this.answering = answering;
  }

  /** The events that have arrived, in order. */
  get events(): readonly SentryEvent[] {
    return this.#payloads('event');
  }

  /** The transactions that have arrived, in order. */
  get transactions(): readonly SentryEvent[] {
    return this.#payloads('transaction');
  }

  /** Everything that has arrived, in order. */
  get items(): readonly EnvelopeItem[] {
    return this.#items;
  }

  /** Everything that has arrived, as it came. */
  get text(): string {
    return this.#text;
  }

  /** How often something was sent. */
  get requests(): number {
    return this.#requests;
  }

  /** The DSN of its one project. */
  get dsn(): string {
    return `http://key@127.0.0.1:${(this.#server.address() as AddressInfo).port}/1`;
  }

  /** The event of this id, as soon as it is there. Rejects when it does not come. */
  async waitFor(eventId: string | null): Promise<SentryEvent> {
    if (eventId === null) throw new Error('There is no event to wait for: the id is null');
    return this.waitUntil(
      () => this.events.find((event) => event.event_id === eventId),
      `Event ${eventId}`,
    );
  }

  /** What is found in what has arrived, as soon as it is there. Rejects when it does not come. */
  waitUntil<T>(find: () => T | undefined, what: string): Promise<T> {
    const found = find();
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const there = find();
        if (there === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(there);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const ids = this.events.map((event) => event.event_id).join(', ') || 'none';
        reject(new Error(`${what} has not arrived in ${PATIENCE_MS} ms; arrived: ${ids}`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
    });
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

  #payloads(type: string): readonly SentryEvent[] {
    return this.#items
      .filter((item) => item.type === type)
      .map((item) => item.payload as SentryEvent);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { answering } = this;
    const chunks: Buffer[] = await request.toArray();
    const sent = Buffer.concat(chunks);
    const envelope = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    this.#text += envelope.toString();
    this.#items.push(...itemsIn(envelope));
    this.#requests += 1;
    for (const look of this.#waiting) look();
    await answer(answering, response);
  }
}

/** Starts a receiver; it is closed when the test is finished. */
export async function startReceiver(answering: Answering = 'answers'): Promise<SentryReceiver> {
  const receiver = new SentryReceiver(answering);
  await receiver.listen();
  onTestFinished(() => receiver.close());
  return receiver;
}

async function answer(answering: Answering, response: ServerResponse): Promise<void> {
  switch (answering) {
    case 'answers':
      response.end('{}');
      return;
    case 'never answers':
      return;
    case 'resets the connection':
      response.socket?.resetAndDestroy();
      return;
    case 'answers garbage':
      // Not HTTP at all, on the bare socket.
      response.socket?.end('\u0000\u0001\u0002 418 this is no HTTP\r\n\r\n');
      return;
    default: {
      const { status = 200, headers = {}, body = '{}', after } = answering;
      await after;
      response.writeHead(status, headers).end(body);
    }
  }
}

/** Lines of JSON: the envelope's header, then a header and a payload for each item. A header may tell the length. */
function itemsIn(envelope: Buffer): EnvelopeItem[] {
  const items: EnvelopeItem[] = [];
  for (let rest = afterLine(envelope); rest.length > 0;) {
    const { type, length } = JSON.parse(lineOf(rest)) as { type: string; length?: number };
    const item = afterLine(rest);
    const payload = length === undefined ? lineOf(item) : item.toString('utf8', 0, length);
    items.push({ type, payload: parsed(payload) });
    rest = afterLine(item.subarray(length ?? 0));
  }
  return items;
}

/** An attachment is no JSON. */
function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

function lineOf(text: Buffer): string {
  const end = text.indexOf('\n');
  return text.toString('utf8', 0, end === -1 ? undefined : end);
}

function afterLine(text: Buffer): Buffer {
  const end = text.indexOf('\n');
  return end === -1 ? text.subarray(text.length) : text.subarray(end + 1);
}
