import { describe, expect, it } from 'vitest';
import { PLATFORMS, type Platform } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import {
  bootReporting,
  HEADER,
  valuesOf,
  type Asked,
  type Prepare,
  type ReportingApp,
} from './asked.js';
import { failingModule } from './failing-app.js';

/** What the one event says that a request for the path ends with. */
const UNEXPECTED = {
  '/thrown/error': 'in a controller',
  '/async': 'in an async controller',
  '/observable': 'in an observable',
  '/stream': 'in a stream',
  '/provider': 'in a provider',
  '/guard': 'in a guard',
  '/pipe/1': 'in a pipe',
  '/interceptor': 'in an interceptor',
  '/middleware': 'in a middleware',
  '/functional-middleware': 'in a functional middleware',
  '/captured': 'captured by hand',
  '/thrown/string': 'a string',
  '/thrown/undefined': 'undefined',
  '/thrown/null': 'null',
  '/thrown/plain-object': 'Object captured as exception with keys: reason',
  '/thrown/frozen': 'frozen',
  '/thrown/axios': 'Request failed with status code 404',
  '/thrown/internal-server-error': 'no stock',
  '/thrown/unavailable': 'Service Unavailable',
  '/thrown/http-errors-503': 'too busy',
};

const EXPECTED = [
  '/thrown/bad-request',
  '/thrown/not-found',
  '/thrown/forbidden',
  '/thrown/http-errors-413',
  '/refused',
  '/nowhere',
  '/ok',
];

async function bootFailing(platform: Platform, prepare?: Prepare): Promise<ReportingApp> {
  const receiver = await startReceiver();
  const sentry = { dsn: receiver.dsn, release: 'shop@1' };
  const module = failingModule({ sentry, environment: 'test' });
  return bootReporting(module, receiver, platform, prepare);
}

async function askAll(app: ReportingApp, paths: readonly string[]): Promise<Map<string, Asked>> {
  const asked = new Map<string, Asked>();
  for (const path of paths) asked.set(path, await app.ask(path));
  return asked;
}

describe.each(PLATFORMS)('What nobody has handled, on %s', (platform) => {
  it('is one event each, whose id is in the answer', async () => {
    const app = await bootFailing(platform);
    const asked = [...(await askAll(app, Object.keys(UNEXPECTED)))];

    expect(asked.map(([path, { events }]) => [path, ...valuesOf(events)])).toEqual(
      Object.entries(UNEXPECTED),
    );
    expect(asked.map(([path, { headers }]) => [path, headers.get(HEADER)])).toEqual(
      asked.map(([path, { events }]) => [path, events[0]?.event_id]),
    );
  });

  it('is one event with its cause', async () => {
    const { events } = await (await bootFailing(platform)).ask('/thrown/internal-server-error');

    expect(events.map((event) => event.exception?.values.map(({ value }) => value))).toEqual([
      ['the cause', 'no stock'],
    ]);
  });

  it('is nothing that was expected', async () => {
    const asked = [...(await askAll(await bootFailing(platform), EXPECTED))];

    expect(asked.map(([path, { events }]) => [path, ...valuesOf(events)])).toEqual(
      EXPECTED.map((path) => [path]),
    );
    expect(asked.filter(([, { headers }]) => headers.has(HEADER))).toEqual([]);
  });

  it('is one event of a function that the application uses in front of all', async () => {
    const app = await bootFailing(platform, (host) =>
      host.use((_request: unknown, _response: unknown, next: (error: unknown) => void) =>
        next(new Error('in a function')),
      ),
    );
    const { events, headers } = await app.ask('/ok');

    expect(valuesOf(events)).toEqual(['in a function']);
    expect(headers.get(HEADER)).toBe(events[0]?.event_id);
  });

  it('is an event for each request that throws the same', async () => {
    const app = await bootFailing(platform);
    const first = await app.ask('/thrown/string');
    const second = await app.ask('/thrown/string');

    expect(valuesOf([...first.events, ...second.events])).toEqual(['a string', 'a string']);
  });

  it('tells of the route, the request and the process', async () => {
    const { events } = await (await bootFailing(platform)).ask('/orders/17');

    expect(events).toMatchObject([
      {
        transaction: 'GET /orders/:id',
        level: 'error',
        environment: 'test',
        release: 'shop@1',
        server_name: expect.any(String),
        request: { method: 'GET', url: expect.stringMatching(/\/orders\/17$/) },
        exception: { values: [{ mechanism: { handled: false } }] },
      },
    ]);
  });

  it('tells of a route with the prefix and the version that it has', async () => {
    const app = await bootFailing(platform, (host) => {
      host.setGlobalPrefix('api');
      host.enableVersioning({ type: 0, defaultVersion: '1' });
    });
    const { events } = await app.ask('/api/v1/orders/17');

    expect(events).toMatchObject([{ transaction: 'GET /api/v1/orders/:id' }]);
  });
});
