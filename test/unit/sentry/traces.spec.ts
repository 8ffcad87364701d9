import { expect, it } from 'vitest';
import {
  asksForTraces,
  instrumentsModules,
  silencePaths,
  type TracesSampler,
  type TraceStart,
} from '../../../lib/sentry/client/traces.js';

const PATHS = ['/health', '/health/live'];

interface Options {
  tracesSampleRate?: number;
  tracesSampler?: TracesSampler | undefined;
}

/** A trace that begins with a request; `attributes` are those that a version of the SDK has. */
const request = (attributes: object, more: object = {}): TraceStart => ({
  attributes: { 'sentry.op': 'http.server', ...attributes },
  ...more,
});

function sampled(options: Options, start: TraceStart): unknown {
  silencePaths({ getOptions: () => options }, PATHS);
  return options.tracesSampler?.(start);
}

it.each([
  ['its path', { 'url.path': '/health/live' }],
  ['its target', { 'http.target': '/health?x=1' }],
  ['its URL', { 'url.full': 'http://127.0.0.1:3000/health/live?x=1' }],
  ['its URL, in the words of version 10', { 'http.url': 'http://127.0.0.1:3000/Health/' }],
])('A request for a silenced path makes no trace, known by %s', (_what, attributes) => {
  expect(sampled({ tracesSampleRate: 1 }, request(attributes))).toBe(0);
});

it.each([
  ['A request for another path', request({ 'url.path': '/healthy' })],
  [
    'A request to another server',
    { attributes: { 'sentry.op': 'http.client', 'url.path': '/health' } },
  ],
  ['What is no request', {}],
  ['A request of which nothing is known', request({ 'url.path': 1 })],
])('%s is sampled by the rate', (_what, start) => {
  expect(sampled({ tracesSampleRate: 0.25 }, start)).toBe(0.25);
});

it('Whoever calls decides, and the rate only where nobody has', () => {
  const start = request(
    { 'url.path': '/orders' },
    { inheritOrSampleWith: (rate: number) => rate / 2 },
  );

  expect(sampled({ tracesSampleRate: 0.5 }, start)).toBe(0.25);
});

it('A sampler that throws makes no trace, or one by the rate, and ends nothing', () => {
  const tracesSampler = (): number => {
    throw new Error('the sampler is broken');
  };
  const start = request({ 'url.path': '/orders' });

  expect(sampled({ tracesSampler }, start)).toBe(0);
  expect(sampled({ tracesSampler, tracesSampleRate: 0.5 }, start)).toBe(0.5);
});

it("An application's own sampler is asked as before, with what the SDK knows", () => {
  const asked: TraceStart[] = [];
  const tracesSampler = (start: TraceStart): number => {
    asked.push(start);
    return 0.75;
  };
  const start = request({ 'url.path': '/orders' });

  expect(sampled({ tracesSampler, tracesSampleRate: 0.1 }, start)).toBe(0.75);
  expect(sampled({ tracesSampler }, request({ 'url.path': '/health' }))).toBe(0);
  expect(asked).toEqual([start]);
});

it('Where no traces are asked for, none are', () => {
  const options: Options = {};
  silencePaths({ getOptions: () => options }, PATHS);

  expect(options).toEqual({});
  expect(
    [{}, { tracesSampleRate: null }, { tracesSampleRate: 0 }].map((asked) => asksForTraces(asked)),
  ).toEqual([false, false, true]);
});

it('Two applications silence their paths on a client, and the last one leaves it as it was', () => {
  const theirs = (): number => 1;
  const options: Options = { tracesSampler: theirs };
  const client = { getOptions: () => options };
  const rate = (path: string): unknown => options.tracesSampler?.(request({ 'url.path': path }));
  const first = silencePaths(client, ['/health']);
  const second = silencePaths(client, ['/health', '/inner']);

  expect([rate('/health'), rate('/inner'), rate('/orders')]).toEqual([0, 0, 1]);
  second();
  expect([rate('/health'), rate('/inner')]).toEqual([0, 1]);
  first();
  expect(options.tracesSampler).toBe(theirs);
});

it('What instruments modules is known by the sign that it leaves', () => {
  const throwing = {
    get _sentryEsmLoaderHookRegistered() {
      throw new Error('no');
    },
  };

  expect(
    [
      {},
      { _sentryEsmLoaderHookRegistered: true },
      { __SENTRY_ORCHESTRION__: { runtime: [] } },
      { __SENTRY_ORCHESTRION__: {} },
      throwing,
    ].map((signs) => instrumentsModules(signs)),
  ).toEqual([false, true, true, false, false]);
});
