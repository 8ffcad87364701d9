import { MetricsRegistry, type ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS, type Platform } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { bootReporting, HEADER, valuesOf, type ReportingApp } from './asked.js';
import { failingModule } from './failing-app.js';

type SentryOptions = NonNullable<ObservabilityModuleOptions['sentry']>;

async function bootWith(platform: Platform, options: SentryOptions): Promise<ReportingApp> {
  const receiver = await startReceiver();
  const module = failingModule({
    sentry: { ...options, dsn: receiver.dsn },
    metrics: { enabled: true },
  });
  return bootReporting(module, receiver, platform);
}

describe.each(PLATFORMS)('The answer to a request that has failed, on %s', (platform) => {
  it('names the event in a header of another name', async () => {
    const app = await bootWith(platform, { eventIdHeader: 'X-Error-Id' });
    const { events, headers } = await app.ask('/thrown/error');

    expect(headers.get('x-error-id')).toBe(events[0]?.event_id);
    expect(headers.has(HEADER)).toBe(false);
  });

  it('names the event in no header where none is wanted', async () => {
    const app = await bootWith(platform, { eventIdHeader: false });
    const { events, headers } = await app.ask('/thrown/error');

    expect(events).toHaveLength(1);
    expect([...headers.values()]).not.toContain(events[0]?.event_id);
  });

  it('names the event in a field of its body where that is wanted', async () => {
    const app = await bootWith(platform, { eventIdField: 'eventId' });
    const plain = await app.ask('/thrown/error');
    const unavailable = await app.ask('/thrown/unavailable');
    const inMiddleware = await app.ask('/middleware');

    const internal = { statusCode: 500, message: 'Internal server error' };
    expect(JSON.parse(plain.body)).toEqual({ ...internal, eventId: plain.events[0]?.event_id });
    expect(JSON.parse(inMiddleware.body)).toEqual({
      ...internal,
      eventId: inMiddleware.events[0]?.event_id,
    });
    expect(JSON.parse(unavailable.body)).toEqual({
      message: 'Service Unavailable',
      statusCode: 503,
      eventId: unavailable.events[0]?.event_id,
    });
  });

  it('has no such field without an event, and keeps one of the same name', async () => {
    const app = await bootWith(platform, { eventIdField: 'eventId' });
    const badRequest = await app.ask('/thrown/bad-request');
    const ownBody = await app.ask('/thrown/own-body');
    const ofFilter = await app.ask('/filtered/method');

    expect(JSON.parse(badRequest.body)).not.toHaveProperty('eventId');
    expect(JSON.parse(ownBody.body)).toEqual({ reason: 'of our own', eventId: 'taken' });
    expect(ownBody.events).toHaveLength(1);
    expect(JSON.parse(ofFilter.body)).toEqual({ by: 'teapot' });
  });
});

describe.each(PLATFORMS)('captureHttpStatus, on %s', (platform) => {
  it('is the lowest status that is captured', async () => {
    const app = await bootWith(platform, { captureHttpStatus: 404 });
    const values = [];
    for (const name of ['bad-request', 'forbidden', 'not-found', 'http-errors-413', 'error']) {
      values.push(...valuesOf((await app.ask(`/thrown/${name}`)).events));
    }

    expect(values).toEqual(['Not Found', 'too large', 'in a controller']);
  });

  it('is asked with the status and the error', async () => {
    const asked: unknown[] = [];
    const app = await bootWith(platform, {
      captureHttpStatus: (status, error) => {
        asked.push([status, (error as Error).message]);
        return status === 403;
      },
    });
    const forbidden = await app.ask('/thrown/forbidden');
    const error = await app.ask('/thrown/axios');

    expect(valuesOf([...forbidden.events, ...error.events])).toEqual(['Forbidden']);
    expect(asked).toEqual([
      [403, 'Forbidden'],
      [500, 'Request failed with status code 404'],
    ]);
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new Error('in captureHttpStatus');
      },
    ],
    ['answers with a rejected promise', (): never => Promise.reject(new Error('no')) as never],
  ])('gives way to the default where it %s, which is counted', async (_, captureHttpStatus) => {
    const app = await bootWith(platform, { captureHttpStatus });
    const failed = await app.ask('/thrown/error');
    const refused = await app.ask('/thrown/bad-request');

    expect(valuesOf([...failed.events, ...refused.events])).toEqual(['in a controller']);
    expect([failed.status, refused.status]).toEqual([500, 400]);
    expect(await app.app.get(MetricsRegistry).expose()).toContain(
      'observability_errors_total{source="predicate"} 2',
    );
  });
});
