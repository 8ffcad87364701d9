import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { INSTRUMENT, startApp, type AppOptions } from '../instrument/instrumented-app.js';

const PROBES = ['/health', '/health/live/', '/HEALTH/ready?verbose=1', '/metrics', '/health/tools'];

/** What called has decided to keep the trace of its request; or not to. */
const KEPT = { 'sentry-trace': '771a43a4192642f0b136d5159a501700-7b1d3ec4f5d0a5ab-1' };
const NOT_KEPT = { 'sentry-trace': '771a43a4192642f0b136d5159a501700-7b1d3ec4f5d0a5ab-0' };

/** Which of the requests, each a path and its headers, there are traces of when the application has closed. */
async function traced(
  app: Omit<AppOptions, 'end'>,
  requests: readonly (readonly [path: string, headers?: Record<string, string>])[],
): Promise<string[]> {
  const receiver = await startReceiver();
  const initialises = app.initialises && { dsn: receiver.dsn, ...app.initialises };
  const started = startApp({
    ...app,
    env: { SENTRY_DSN: receiver.dsn, ...app.env },
    ...(initialises && { initialises }),
  });
  const url = await started.says<string>('url');
  for (const [path, headers = {}] of requests) {
    const response = await fetch(url + path, { headers });
    await response.arrayBuffer();
  }
  started.kill('SIGTERM');
  await started.ended();
  // An event of version 10 and a list of spans of version 11; a breadcrumb of the former may name any URL.
  const traces = receiver.items
    .filter(({ type }) => type === 'transaction' || type === 'span')
    .map(({ payload }) => JSON.stringify({ ...(payload as object), breadcrumbs: [] }))
    .join('\n');
  // That of a request tells its URL.
  return requests
    .map(([path]) => path)
    .filter((path) => traces.includes(`${new URL(url).port}${path}`));
}

describe.each([10, 11] as const)('With traces of SDK %i', (sdk) => {
  it.each([
    ['started early', { node: INSTRUMENT, env: { SENTRY_TRACES_SAMPLE_RATE: '1' } }],
    ['started by the module', { options: { sentry: { tracesSampleRate: 1 } } }],
    ['started by the application', { initialises: { tracesSampleRate: 1 } }],
  ])('%s, requests make some, and requests for the own routes make none', async (_how, app) => {
    const probes = PROBES.map((path) => [path, KEPT] as const);
    const found = await traced({ sdk, ...app }, [['/orders/1'], ...probes, ['/orders/2']]);

    expect(found).toEqual(['/orders/1', '/orders/2']);
  });

  it.each([
    ['started early', { node: INSTRUMENT, env: { SENTRY_TRACES_SAMPLE_RATE: '1' } }],
    ['started by the module', { env: { SENTRY_TRACES_SAMPLE_RATE: '1' } }],
  ])('%s, the own routes are where the options say', async (_how, app) => {
    const options = {
      routes: { health: '/inner/health', tools: '/orders/tools', live: false },
    } as const;
    const requests = [
      ['/inner/health'],
      ['/orders/tools'],
      ['/health/live'],
      ['/health/ready'],
    ] as const;

    expect(await traced({ sdk, options, alive: true, ...app }, requests)).toEqual(['/health/live']);
  });

  it('whoever calls decides first, whatever the rate', async () => {
    const options = { sentry: { tracesSampleRate: 0 } };
    const requests = [
      ['/orders/1', KEPT],
      ['/orders/2', NOT_KEPT],
      ['/orders/3'],
      ['/health', KEPT],
    ] as const;

    expect(await traced({ sdk, options }, requests)).toEqual(['/orders/1']);
  });

  it('there are none unless they are asked for', async () => {
    expect(await traced({ sdk }, [['/orders/1', KEPT], ['/health']])).toEqual([]);
  });
});
