import { MetricsRegistry } from 'nestjs-observability';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RequestsInFlight } from '../../../lib/endpoints/requests-in-flight.js';
import { bootAt, openScrape, PLACES, scrape } from './scraping.js';

const SERIES = 100_000;

/** More than the buffers of two sockets hold, which is about ten megabytes. */
function fill(metrics: MetricsRegistry): void {
  const orders = metrics.counter('orders_total', 'Orders', ['customer']);
  const customer = 'x'.repeat(100);
  for (let at = 0; at < SERIES; at += 1) orders.inc({ customer: `${at} ${customer}` }, at);
}

function expectAllIn(body: Buffer): void {
  const values = body
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('orders_total{'))
    .map((line) => Number(line.slice(line.lastIndexOf(' '))));
  expect(values).toHaveLength(SERIES);
  expect(values.every((value, at) => value === at)).toBe(true);
}

describe.each(PLACES)('A hundred thousand series on %s', (place) => {
  it('arrive whole, plain and compressed, and others are answered meanwhile', async () => {
    const { app, url, log } = await bootAt(place, { metrics: { maxSeriesPerMetric: SERIES } });
    fill(app.get(MetricsRegistry));

    const slow = await openScrape(`${url}/metrics`);
    const leaver = await openScrape(`${url}/metrics`);
    const live = await scrape(`${url}/health/live`);
    expect([live.status, live.body.toString()]).toEqual([200, '{"status":"alive"}']);

    const compressed = await scrape(`${url}/metrics`, { 'Accept-Encoding': 'gzip' });
    expect(compressed.headers['content-length']).toBe(String(compressed.body.length));
    expectAllIn(gunzipSync(compressed.body));

    leaver.leave();
    const body = await slow.read();
    expect(slow.headers['content-length']).toBe(String(body.length));
    expectAllIn(body);

    await app.get(RequestsInFlight, { strict: false }).none();
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect((await scrape(`${url}/metrics`)).body.length).toBe(body.length);
  });
});
