import { IncomingMessage, METHODS, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { HttpMetrics } from '../../../lib/bridges/http-metrics.js';
import { RequestsInFlight } from '../../../lib/endpoints/requests-in-flight.js';
import { Faults } from '../../../lib/faults.js';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import { loadPromClient } from '../../../lib/metrics/prom-client.js';
import type { Counter, HttpMetricsSettings } from '../../../lib/metrics/metrics.types.js';
import { samplesIn } from '../../e2e/http-metrics/reading.js';
import { FakeClock } from '../../support/fake-clock.js';

const SETTINGS: HttpMetricsSettings = { buckets: undefined, exclude: [] };

/** What measures the requests that `answer` answers. */
async function start(settings = SETTINGS) {
  const metrics = new MetricsRegistry(await loadPromClient());
  const [inFlight, faults, clock] = [new RequestsInFlight(), new Faults(), new FakeClock()];
  const http = new HttpMetrics(metrics, settings, inFlight, faults, clock);
  const ask = (method: string, route: unknown): ServerResponse => {
    const request = new IncomingMessage(new Socket());
    request.method = method;
    Object.assign(request, { route });
    const response = new ServerResponse(request);
    inFlight.addApart(response);
    return response;
  };
  const answer = (method: string, statusCode: number, path = '/orders/:id'): void => {
    const response = ask(method, { path });
    response.statusCode = statusCode;
    // Not by `end()`, which refuses some of the statuses.
    Object.defineProperty(response, 'writableEnded', { value: true });
    response.emit('finish');
    response.emit('close');
  };
  const samples = async (name: string) => samplesIn(await metrics.expose(), name);
  const counts = (): Promise<Record<string, number>> => samples('http_requests_total');
  return { metrics, inFlight, faults, clock, http, ask, answer, samples, counts };
}

const nobody = (): boolean => false;

it('a method is counted as itself if HTTP knows it, and all others as one', async () => {
  const { http, answer, counts } = await start();
  http.create(nobody);
  for (const method of [...METHODS, 'BREW', 'get', '', 'x'.repeat(1_000)]) answer(method, 200);
  answer('BREW', 200);
  const seen = await counts();
  expect(Object.keys(seen).toSorted()).toEqual(
    [...METHODS, 'OTHER'].map((method) => `${method} /orders/:id 200`).toSorted(),
  );
  expect(seen['OTHER /orders/:id 200']).toBe(5);
});

it('a status is counted as itself from 100 to 999, and all others as one', async () => {
  const { http, answer, counts } = await start();
  http.create(nobody);
  for (const status of [99, 100, 999, 1_000, 200.5, Number.NaN, -1, 0]) answer('GET', status);
  expect(await counts()).toEqual({
    'GET /orders/:id 100': 1,
    'GET /orders/:id 999': 1,
    'GET /orders/:id OTHER': 6,
  });
});

it('the seconds are those from the request to the end of its answer', async () => {
  const { http, ask, clock, samples } = await start();
  http.create(nobody);
  const response = ask('GET', { path: '/orders' });
  await clock.advance(1_500);
  response.emit('close');
  expect(await samples('http_request_duration_seconds_sum')).toEqual({ 'GET /orders 499': 1.5 });
});

it.each([
  [0, '200'],
  [8, '499'],
])('a stream of HTTP/2 that ends with code %i is counted as %s', async (rstCode, status) => {
  const { http, ask, counts } = await start();
  http.create(nobody);
  const response = ask('GET', { path: '/orders' });
  // By then the connection, which has other streams too, tells nothing of this one.
  response.req.socket.destroy();
  Object.defineProperty(response, 'writableEnded', { value: true });
  Object.assign(response, { stream: { rstCode } });
  response.emit('finish');
  response.emit('close');
  expect(await counts()).toEqual({ [`GET /orders ${status}`]: 1 });
});

it('a request that has ended before the metrics were made is not counted, and later ones are', async () => {
  const { http, answer, counts } = await start();
  answer('GET', 200);
  http.create(nobody);
  answer('GET', 200);
  expect(await counts()).toEqual({ 'GET /orders/:id 200': 1 });
});

it('with more endpoints than an application has, each is still counted', async () => {
  const { http, answer, metrics, counts } = await start();
  const own = vi.spyOn(metrics, 'exported');
  http.create(nobody);
  const requests = own.mock.results[0]?.value as Counter;
  const labels = vi.spyOn(requests, 'labels');
  answer('GET', 200, '/first');
  answer('GET', 200, '/first');
  expect(labels).toHaveBeenCalledTimes(1);
  for (let at = 0; at < 10_000; at += 1) answer('GET', 200, `/made-up/${at}`);
  labels.mockClear();
  answer('GET', 200, '/first');
  expect(labels).toHaveBeenCalledTimes(1);
  expect((await counts())['GET /first 200']).toBe(3);
});

it('what goes wrong is counted and hurts nobody', async () => {
  const { http, ask, faults, inFlight } = await start();
  http.create(nobody);
  const response = ask('GET', {
    get path(): string {
      throw new Error('hostile');
    },
  });
  response.emit('close');
  expect(faults.of('http_metrics')).toBe(1);
  expect([...inFlight.measured()]).toEqual([]);
});

it.each([
  ['metrics are off', new MetricsRegistry(), SETTINGS],
  ['HTTP is not measured', undefined, undefined],
])('nothing is noted where %s', async (_title, off, settings) => {
  const metrics = off ?? new MetricsRegistry(await loadPromClient());
  const inFlight = new RequestsInFlight();
  const http = new HttpMetrics(metrics, settings, inFlight, new Faults());
  http.create(nobody);
  expect(inFlight.areMeasured).toBe(false);
  expect(await metrics.expose()).not.toContain('http_request');
});
