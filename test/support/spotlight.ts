import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { EnvelopeItem, SentryEvent } from './sentry-receiver.js';

/** How long something may take to arrive. */
const PATIENCE_MS = 10_000;

/** Sentry's own local receiver, in a process of its own. */
export class Spotlight {
  readonly #stop = new AbortController();

  private constructor(private readonly port: number) {}

  /** Starts it; it ends when the test is finished. */
  static async start(): Promise<Spotlight> {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'spotlight.mjs')], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const spotlight = new Spotlight((JSON.parse(line) as { port: number }).port);
    onTestFinished(async () => {
      spotlight.#stop.abort();
      child.kill('SIGKILL');
      await once(child, 'close');
    });
    return spotlight;
  }

  /** A DSN that it takes envelopes for. */
  get dsn(): string {
    return `http://key@127.0.0.1:${this.port}/1`;
  }

  /** What the SDK has to be told: the receiver reads nothing without a type, and the SDK sends none by itself. */
  get transportOptions(): object {
    return { headers: { 'content-type': 'application/x-sentry-envelope' } };
  }

  /** What has arrived, once something in it is found. Rejects when it does not come. */
  async until(
    found: (items: readonly EnvelopeItem[]) => boolean,
  ): Promise<readonly EnvelopeItem[]> {
    const patience = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const items: EnvelopeItem[] = [];
    // It tells everything again to whoever asks anew.
    const { body } = await fetch(`http://127.0.0.1:${this.port}/stream`, { signal: patience });
    if (body === null) throw new Error('Spotlight says nothing');
    try {
      for await (const line of linesOf(body)) {
        if (!line.startsWith('data:')) continue;
        const [, parts] = JSON.parse(line.slice('data:'.length)) as [
          object,
          [{ type: string }, unknown][],
        ];
        items.push(...parts.map(([{ type }, payload]) => ({ type, payload })));
        if (found(items)) return items;
      }
    } catch (error) {
      const types = items.map(({ type }) => type).join(', ') || 'nothing';
      throw new Error(`It has not arrived at Spotlight; arrived: ${types}`, { cause: error });
    }
    return items;
  }
}

/** The events of one type among what has arrived. */
export function payloadsOf(items: readonly EnvelopeItem[], type: string): readonly SentryEvent[] {
  return items.filter((item) => item.type === type).map((item) => item.payload as SentryEvent);
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
