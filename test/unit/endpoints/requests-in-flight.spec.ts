import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { RequestsInFlight } from '../../../lib/endpoints/requests-in-flight.js';
import { settle } from '../../support/fake-clock.js';

class Connection extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done();
  }
}

/** An answer that has its connection, unlike one that waits behind another. */
function response(connection: Connection | null = new Connection()): ServerResponse {
  const made = new ServerResponse(new IncomingMessage(connection as never));
  if (connection !== null) made.assignSocket(connection as never);
  return made;
}

/** Whether none is in flight. */
async function isIdle(inFlight: RequestsInFlight): Promise<boolean> {
  let idle = false;
  void inFlight.none().then(() => {
    idle = true;
  });
  await settle();
  return idle;
}

it('none is in flight at first', async () => {
  expect(await isIdle(new RequestsInFlight())).toBe(true);
});

it('a request is in flight until its answer has ended', async () => {
  const inFlight = new RequestsInFlight();
  const answer = response();
  inFlight.add(answer);
  expect([inFlight.has(answer), await isIdle(inFlight)]).toEqual([true, false]);
  answer.emit('close');
  expect([inFlight.has(answer), await isIdle(inFlight)]).toEqual([false, true]);
});

it('a request of which nothing is known is not in flight', () => {
  const inFlight = new RequestsInFlight();
  inFlight.add(response());
  expect(inFlight.has(response())).toBe(false);
});

it('one request that ends is not all of them', async () => {
  const inFlight = new RequestsInFlight();
  const answers = [response(), response(), response()] as const;
  for (const answer of answers) inFlight.add(answer);
  const seen: boolean[] = [];
  for (const answer of answers) {
    answer.emit('close');
    seen.push(await isIdle(inFlight));
  }
  expect(seen).toEqual([false, false, true]);
});

it('who waits for all is not told when one ends', async () => {
  const inFlight = new RequestsInFlight();
  const [first, second] = [response(), response()];
  for (const answer of [first, second]) inFlight.add(answer);
  let idle = false;
  const waiting = inFlight.none().then(() => {
    idle = true;
  });
  first.emit('close');
  await settle();
  expect(idle).toBe(false);
  second.emit('close');
  await waiting;
});

it('everyone who waits is told, once, and later ones anew', async () => {
  const inFlight = new RequestsInFlight();
  const first = response();
  inFlight.add(first);
  const waiting = Promise.all([inFlight.none(), inFlight.none(), inFlight.none()]);
  first.emit('close');
  await waiting;
  const second = response();
  inFlight.add(second);
  expect(await isIdle(inFlight)).toBe(false);
  second.emit('close');
  expect(await isIdle(inFlight)).toBe(true);
});

it('a request that is noted twice, as by two servers, ends once', async () => {
  const inFlight = new RequestsInFlight();
  const answer = response();
  inFlight.add(answer);
  inFlight.add(answer);
  answer.emit('close');
  answer.emit('close');
  expect(await isIdle(inFlight)).toBe(true);
});

it('one that waits behind another on its connection is not noted', async () => {
  const inFlight = new RequestsInFlight();
  const waiting = response(null);
  inFlight.add(waiting);
  expect([inFlight.has(waiting), await isIdle(inFlight)]).toEqual([false, true]);
});

it('one whose connection was taken out of the hands of Node.js ends with the connection', async () => {
  const inFlight = new RequestsInFlight();
  const [taken, other] = [new Connection(), new Connection()];
  const answer = response(taken);
  inFlight.add(answer);
  answer.detachSocket(taken as never);
  inFlight.connectionClosed(other as never);
  expect([inFlight.has(answer), await isIdle(inFlight)]).toEqual([true, false]);
  inFlight.connectionClosed(taken as never);
  expect([inFlight.has(answer), await isIdle(inFlight)]).toEqual([false, true]);
});

it('a connection that closes after its answers ends no request of another', async () => {
  const inFlight = new RequestsInFlight();
  const [kept, other] = [new Connection(), new Connection()];
  const [answered, waiting] = [response(kept), response(other)];
  inFlight.add(answered);
  inFlight.add(waiting);
  answered.emit('close');
  inFlight.connectionClosed(kept as never);
  expect(await isIdle(inFlight)).toBe(false);
  inFlight.connectionClosed(other as never);
  expect(await isIdle(inFlight)).toBe(true);
});

it('from a moment on each answer is the last on its connection', () => {
  const inFlight = new RequestsInFlight();
  const [before, ended] = [response(), response()];
  for (const answer of [before, ended]) {
    answer.shouldKeepAlive = true;
    inFlight.add(answer);
  }
  ended.emit('close');
  expect(before.shouldKeepAlive).toBe(true);
  inFlight.closeConnections();
  const after = [response(), response(null)];
  for (const answer of after) {
    answer.shouldKeepAlive = true;
    inFlight.mark(answer);
  }
  expect([before, ...after].map(({ shouldKeepAlive }) => shouldKeepAlive)).toEqual([
    false,
    false,
    false,
  ]);
  // Its connection is somebody else's by now.
  expect(ended.shouldKeepAlive).toBe(true);
});

it('a thousand requests on one connection warn of no leak', async () => {
  const warnings: unknown[] = [];
  const note = (warning: unknown): void => void warnings.push(warning);
  process.on('warning', note);
  const inFlight = new RequestsInFlight();
  const connection = new Connection();
  for (let at = 0; at < 1_000; at += 1) {
    const answer = response(connection);
    inFlight.add(answer);
    answer.detachSocket(connection as never);
    answer.emit('close');
  }
  expect(await isIdle(inFlight)).toBe(true);
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
