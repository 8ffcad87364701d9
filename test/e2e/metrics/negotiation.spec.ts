import { spawnSync } from 'node:child_process';
import { MetricsRegistry } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../../support/parts.js';
import { bootAt, PLACES, scrape } from './scraping.js';

const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

describe.each(PLACES)('GET /metrics on %s', (place) => {
  it('is OpenMetrics for who prefers it, and the text format for all others, one after the other', async () => {
    const { app, url } = await bootAt(place);
    app.get(MetricsRegistry).counter('orders_total', 'Orders').inc(3);
    for (const [accept, type] of [
      [PROMETHEUS, OPENMETRICS_TYPE],
      ['*/*', TEXT_TYPE],
      [PROMETHEUS, OPENMETRICS_TYPE],
      [BROWSER, TEXT_TYPE],
    ] as const) {
      const { status, headers, body } = await scrape(`${url}/metrics`, { Accept: accept });
      expect([status, headers['content-type']]).toEqual([200, type]);
      expect(headers).toMatchObject({
        vary: 'Accept, Accept-Encoding',
        'cache-control': 'no-store',
        'content-length': String(body.length),
      });
      expect(headers).not.toHaveProperty('content-encoding');
      const text = body.toString();
      expect(text).toContain('orders_total 3\n');
      expect(text.endsWith('# EOF\n')).toBe(type === OPENMETRICS_TYPE);
    }
    expect((await scrape(`${url}/metrics`)).headers['content-type']).toBe(TEXT_TYPE);
  });

  it('has no ETag, and is never 304', async () => {
    const { url } = await bootAt(place);
    const asked = { 'If-None-Match': '*', 'If-Modified-Since': new Date().toUTCString() };
    const { status, headers } = await scrape(`${url}/metrics`, { ...asked, Accept: PROMETHEUS });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('last-modified');
  });

  it.each([
    ['text', { Accept: '*/*' }],
    ['OpenMetrics', { Accept: PROMETHEUS }],
    ['OpenMetrics, compressed', { Accept: PROMETHEUS, 'Accept-Encoding': 'gzip' }],
  ])('HEAD has the headers of GET, and no body: %s', async (_what, asked) => {
    const { url } = await bootAt(place);
    const get = await scrape(`${url}/metrics`, asked);
    const head = await scrape(`${url}/metrics`, asked, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
  });

  it('is a comment with metrics off, as text, whatever is asked for', async () => {
    const { url } = await bootAt(place, { metrics: { enabled: false } });
    const asked = { Accept: PROMETHEUS, 'Accept-Encoding': 'gzip' };
    const { status, headers, body } = await scrape(`${url}/metrics`, asked);
    expect([status, headers['content-type']]).toEqual([200, TEXT_TYPE]);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(body.toString()).toMatch(/^# Metrics are off\.[^\n]*\n$/);
  });
});

describeWith('promtool', 'promtool', () => {
  it.each(PLACES)('finds nothing to object to in what comes over HTTP on %s', async (place) => {
    const { app, url } = await bootAt(place);
    const metrics = app.get(MetricsRegistry);
    const orders = metrics.counter('orders_total', 'Orders, by country', ['country']);
    for (const country of ['pt', 'a "quote"', 'back\\slash', 'two\nlines', 'ünïcode']) {
      orders.inc({ country });
    }
    metrics.histogram('payment_duration_seconds', 'Time to pay').observe(0.2);
    const { body } = await scrape(`${url}/metrics`);
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
      input: body,
      encoding: 'utf8',
    });
    expect([status, stdout + stderr]).toEqual([0, '']);
  });
});
