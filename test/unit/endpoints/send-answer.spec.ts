import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { sendAnswer } from '../../../lib/endpoints/send-answer.js';
import { settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';

const PART_BYTES = 64 * 1_024;

/** More than the buffers of two sockets hold. */
const PARTS = Array.from({ length: 400 }, (_, at) => Buffer.alloc(PART_BYTES, at % 256));

const WHOLE = Buffer.concat(PARTS);

/** @returns the port. */
async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Sends parts to whoever asks. */
class Sender {
  response: ServerResponse | undefined;
  written = 0;
  readonly faults: unknown[] = [];

  constructor(private readonly parts: readonly Uint8Array[]) {}

  /** @returns the answer, of which nothing has been read but the head. */
  async ask(method = 'GET'): Promise<IncomingMessage> {
    const port = await serve((request, response) => {
      this.response = response;
      response.on('error', (error) => this.faults.push(error));
      const write = response.write.bind(response) as (part: Uint8Array) => boolean;
      response.write = (part: Uint8Array): boolean => {
        this.written += 1;
        return write(part);
      };
      const length = this.parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
      const headers = { 'Content-Length': length };
      sendAnswer({ statusCode: 200, headers, body: this.parts }, request, response);
    });
    const asked = get({ port, host: '127.0.0.1', method, agent: false });
    onTestFinished(() => void asked.destroy());
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return answer;
  }
}

it.each([
  ['many parts', PARTS],
  ['one part', [Buffer.from('# nothing\n')]],
  ['no part', []],
] as const)('%s arrive as one body', async (_what, parts) => {
  const answer = await new Sender(parts).ask();
  expect((await buffer(answer)).equals(Buffer.concat(parts))).toBe(true);
});

it('HEAD gets the head alone', async () => {
  const sender = new Sender(PARTS);
  const answer = await sender.ask('HEAD');
  expect(answer.headers['content-length']).toBe(String(WHOLE.length));
  expect(await buffer(answer)).toHaveLength(0);
  expect(sender.written).toBe(0);
});

it('A reader who waits gets no part before there is room for it, and all of them in the end', async () => {
  const sender = new Sender(PARTS);
  const answer = await sender.ask();
  for (let turn = 0; turn < 100; turn += 1) await settle();
  expect(sender.written).toBeLessThan(PARTS.length);
  expect(sender.response?.writableLength).toBeLessThanOrEqual(2 * PART_BYTES);
  expect((await buffer(answer)).equals(WHOLE)).toBe(true);
  expect(sender.written).toBe(PARTS.length);
});

it('A reader who goes away is sent no more, and nobody hears of it', async () => {
  const sender = new Sender(PARTS);
  const answer = await sender.ask();
  const { response } = sender;
  answer.destroy();
  if (response?.closed === false) await once(response, 'close');
  const { written } = sender;
  for (let turn = 0; turn < 10; turn += 1) await settle();
  expect(sender.written).toBe(written);
  expect(written).toBeLessThan(PARTS.length);
  expect(sender.faults).toEqual([]);
});

it('An answer that is made when its reader has gone does no harm', async () => {
  const requested = new Gate<[IncomingMessage, ServerResponse]>();
  const port = await serve((...both) => requested.open(both));
  const asked = get({ port, host: '127.0.0.1', agent: false }).on('error', () => {});
  const [request, response] = await requested.opened;
  const faults: unknown[] = [];
  response.on('error', (error) => faults.push(error));
  asked.destroy();
  await once(response, 'close');
  sendAnswer({ statusCode: 200, headers: {}, body: PARTS }, request, response);
  await settle();
  expect(response.writableLength).toBeLessThanOrEqual(PART_BYTES);
  expect(faults).toEqual([]);
});

it('A response that drains more often than it fills is sent each part once', async () => {
  const sent: Uint8Array[] = [];
  let ends = 0;
  const listeners: (() => void)[] = [];
  const drain = (): void => listeners.forEach((listener) => listener());
  const response = {
    writableEnded: false,
    writeHead() {},
    on: (_event: string, listener: () => void) => listeners.push(listener),
    write(part: Uint8Array) {
      sent.push(part);
      // From within, as a stand-in for a response may.
      if (sent.length === 2) drain();
      return sent.length % 3 !== 0;
    },
    end() {
      ends += 1;
      this.writableEnded = true;
    },
  };
  const parts = Array.from({ length: 10 }, (_, at) => Uint8Array.of(at));
  sendAnswer(
    { statusCode: 200, headers: {}, body: parts },
    { method: 'GET' } as IncomingMessage,
    response as unknown as ServerResponse,
  );
  for (let turn = 0; turn < 10; turn += 1) drain();
  expect(sent).toEqual(parts);
  expect([ends, listeners.length]).toEqual([1, 1]);
});
