import { describe, expect, it, onTestFinished } from 'vitest';
import {
  EventOutcomes,
  followOutcomes,
  hintOf,
  outcomesOf,
  SENTRY_OUTCOMES,
} from '../../../lib/sentry/client/event-outcomes.js';
import { Gate } from '../../support/gate.js';
import { settle } from '../../support/fake-clock.js';

/** What a server answers to an envelope; an error: it is not reached. */
type Answer = { statusCode?: number; headers?: Record<string, string | null> } | Error;

/** What the tests use of a version of the SDK. */
interface Sdk {
  Scope: new () => SdkScope;
  NodeClient: new (options: object) => SdkClient;
  createTransport(options: object, makeRequest: () => Promise<Answer>): unknown;
}

interface SdkScope {
  setClient(client: SdkClient): void;
  captureException(error: unknown, hint?: object): string;
  captureMessage(message: string, level?: string, hint?: object): string;
  captureEvent(event: object): string;
}

interface SdkClient {
  init(): void;
  flush(ms: number): PromiseLike<boolean>;
  close(ms: number): PromiseLike<boolean>;
  addEventProcessor(processor: (event: object) => Promise<object> | object | null): void;
  on(hook: string, callback: (event: { type?: string }, hint: object) => void): () => void;
}

const limited = { statusCode: 429, headers: { 'retry-after': '60', 'x-sentry-rate-limits': null } };

/** A client of the SDK whose server answers in turn what it is told, and 200 from then on. */
function clientWith(sdk: Sdk, answers: (Answer | Promise<Answer>)[], options: object = {}) {
  const requests = { made: 0 };
  const client = new sdk.NodeClient({
    dsn: 'http://key@127.0.0.1:1/1',
    integrations: [],
    stackParser: () => [],
    sendClientReports: false,
    transport: (given: object) =>
      sdk.createTransport(given, async () => {
        requests.made += 1;
        const answer = await (answers.shift() ?? { statusCode: 200 });
        if (answer instanceof Error) throw answer;
        return answer;
      }),
    ...options,
  });
  client.init();
  onTestFinished(async () => void (await client.close(1_000)));
  const scope = new sdk.Scope();
  scope.setClient(client);
  return { client, scope, requests };
}

/** A client that one application follows. */
function followed(sdk: Sdk, answers: (Answer | Promise<Answer>)[] = [], options: object = {}) {
  const outcomes = new EventOutcomes();
  const { client, ...rest } = clientWith(sdk, answers, options);
  const end = followOutcomes(client, outcomes);
  return { client, ...rest, outcomes, end, hint: hintOf(outcomes) };
}

const counted = (outcomes: EventOutcomes): number[] =>
  SENTRY_OUTCOMES.map((outcome) => outcomes.of(outcome));

const MAJORS = [
  ['10', () => import('@sentry/nestjs')],
  ['11', () => import('sentry-nestjs-11')],
] as const;

describe.each(MAJORS)('with version %s of the SDK', (_major, load) => {
  const sdkOf = async (): Promise<Sdk> => (await load()) as unknown as Sdk;

  it('what is taken is captured', async () => {
    const { client, scope, outcomes, hint } = followed(await sdkOf());
    scope.captureException(new Error('refused'), hint);
    scope.captureMessage('Order is late', 'info', hint);
    await client.flush(1_000);
    expect(counted(outcomes)).toEqual([2, 0, 0]);
  });

  it.each<[string, Answer]>([
    ['500', { statusCode: 500 }],
    ['413', { statusCode: 413 }],
    ['302', { statusCode: 302 }],
    ['429', limited],
    ['nothing', new Error('connect ECONNREFUSED')],
  ])('what the server answers with %s is captured and refused', async (_answer, answer) => {
    const { client, scope, outcomes, hint } = followed(await sdkOf(), [answer]);
    scope.captureException(new Error('refused'), hint);
    await client.flush(1_000);
    await settle();
    expect(counted(outcomes)).toEqual([1, 0, 1]);
  });

  it('what a rate limit holds back is refused, without a request', async () => {
    const { client, scope, requests, outcomes, hint } = followed(await sdkOf(), [limited]);
    scope.captureException(new Error('first'), hint);
    await client.flush(1_000);
    for (const text of ['second', 'third']) scope.captureException(new Error(text), hint);
    await client.flush(1_000);
    await settle();
    expect(requests.made).toBe(1);
    expect(counted(outcomes)).toEqual([3, 0, 3]);
  });

  it('what finds the queue of requests full is refused', async () => {
    const server = new Gate<Answer>();
    const answers = [server.opened, server.opened];
    const options = { transportOptions: { bufferSize: 2 } };
    const { client, scope, outcomes, hint } = followed(await sdkOf(), answers, options);
    for (const text of ['first', 'second', 'third', 'fourth', 'fifth']) {
      scope.captureException(new Error(text), hint);
      await settle();
    }
    expect(counted(outcomes)).toEqual([5, 0, 3]);
    server.open({ statusCode: 200 });
    await client.flush(1_000);
    expect(counted(outcomes)).toEqual([5, 0, 3]);
  });

  it('what finds the queue of events full is refused', async () => {
    const options = { transportOptions: { bufferSize: 2 } };
    const { client, scope, outcomes, hint } = followed(await sdkOf(), [], options);
    const ready = new Gate();
    client.addEventProcessor(async (event) => {
      await ready.opened;
      return event;
    });
    for (const text of ['first', 'second', 'third']) scope.captureException(new Error(text), hint);
    scope.captureMessage('fourth', 'info', hint);
    ready.open();
    await client.flush(1_000);
    await settle();
    expect(counted(outcomes)).toEqual([4, 0, 2]);
  });

  it('what the application itself keeps back was not handed over', async () => {
    const options = { beforeSend: () => null };
    const { client, scope, outcomes, hint } = followed(await sdkOf(), [], options);
    scope.captureException(new Error('refused'), hint);
    await client.flush(1_000);
    expect(counted(outcomes)).toEqual([0, 0, 0]);
  });

  it('transactions are none of it', async () => {
    const sdk = await sdkOf();
    const { client, scope, requests, outcomes } = followed(sdk, [{ statusCode: 500 }]);
    scope.captureEvent({ type: 'transaction', start_timestamp: 1, timestamp: 2, contexts: {} });
    await client.flush(1_000);
    await settle();
    expect(requests.made).toBe(1);
    expect(counted(outcomes)).toEqual([0, 0, 0]);
  });

  it('nothing is counted any more once it is ended', async () => {
    const { client, scope, outcomes, end, hint } = followed(await sdkOf(), [{ statusCode: 500 }]);
    end();
    scope.captureException(new Error('refused'), hint);
    await client.flush(1_000);
    await settle();
    expect(counted(outcomes)).toEqual([0, 0, 0]);
  });

  describe('of two applications that share a client', () => {
    async function sharing() {
      const one = followed(await sdkOf(), [{ statusCode: 500 }]);
      const other = new EventOutcomes();
      const endOther = followOutcomes(one.client, other);
      return { ...one, other, endOther };
    }

    it('each counts what it has captured', async () => {
      const { client, scope, outcomes, other } = await sharing();
      scope.captureException(new Error('refused'), hintOf(other));
      await client.flush(1_000);
      await settle();
      expect([counted(outcomes), counted(other)]).toEqual([
        [0, 0, 0],
        [1, 0, 1],
      ]);
    });

    it('the first counts what neither has captured, and the other once that has closed', async () => {
      const { client, scope, outcomes, other, end } = await sharing();
      scope.captureException(new Error('uncaught'));
      await client.flush(1_000);
      await settle();
      end();
      scope.captureException(new Error('uncaught again'));
      await client.flush(1_000);
      await settle();
      expect([counted(outcomes), counted(other)]).toEqual([
        [1, 0, 1],
        [1, 0, 0],
      ]);
    });

    it('one of them counts what finds the queue of events full', async () => {
      const { client, scope, outcomes, other } = await sharing();
      const ready = new Gate();
      client.addEventProcessor(async (event) => {
        await ready.opened;
        return event;
      });
      for (let events = 0; events < 65; events += 1) {
        scope.captureException(new Error(`error ${events}`), hintOf(outcomes));
      }
      expect(counted(outcomes).concat(counted(other))).toEqual([1, 0, 1, 0, 0, 0]);
      ready.open();
      await client.flush(1_000);
    });

    it('where an event counts can be told from its hint', async () => {
      const { client, outcomes, other } = await sharing();
      expect(outcomesOf(client, {})).toBe(outcomes);
      expect(outcomesOf(client, undefined)).toBe(outcomes);
      expect(outcomesOf(client, hintOf(other))).toBe(other);
    });
  });
});

it('a client that nobody follows has no place for what nobody has captured', () => {
  expect(outcomesOf({}, {})).toBeUndefined();
});
