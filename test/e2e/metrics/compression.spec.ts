import type { INestApplication } from '@nestjs/common';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { boot } from '../../support/boot.js';
import { bootAt, PLACES, scrape } from './scraping.js';

function fill(metrics: MetricsRegistry): void {
  const orders = metrics.counter('orders_total', 'Orders', ['customer']);
  for (let at = 0; at < 1_500; at += 1) orders.inc({ customer: `customer ${at}` }, at);
}

describe.each(PLACES)('GET /metrics on %s', (place) => {
  it('is compressed for who asks for gzip, and says the same', async () => {
    const { app, url } = await bootAt(place);
    fill(app.get(MetricsRegistry));
    const plain = await scrape(`${url}/metrics`);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    for (const encoding of ['gzip', 'gzip, deflate, br', '*', 'identity;q=0.5, gzip;q=1.0']) {
      const { status, headers, body } = await scrape(`${url}/metrics`, {
        'Accept-Encoding': encoding,
      });
      expect([encoding, status, headers['content-encoding']]).toEqual([encoding, 200, 'gzip']);
      expect(headers).toMatchObject({
        'content-type': plain.headers['content-type'],
        'content-length': String(body.length),
        vary: 'Accept, Accept-Encoding',
      });
      expect(body.length).toBeLessThan(plain.body.length / 4);
      expect(gunzipSync(body).toString()).toBe(plain.body.toString());
    }
  });

  it.each(['identity', 'gzip;q=0', 'br', 'identity, gzip;q=0.9', '*;q=0', 'gzip;q=often'])(
    'is as it is for who asks for “%s”',
    async (encoding) => {
      const { url } = await bootAt(place);
      const { headers, body } = await scrape(`${url}/metrics`, { 'Accept-Encoding': encoding });
      expect(headers).not.toHaveProperty('content-encoding');
      expect(headers['content-length']).toBe(String(body.length));
    },
  );

  it('the other routes are not compressed', async () => {
    const { url } = await bootAt(place);
    const { headers, body } = await scrape(`${url}/health`, { 'Accept-Encoding': 'gzip' });
    expect(headers).not.toHaveProperty('content-encoding');
    expect(JSON.parse(body.toString())).toMatchObject({ status: 'healthy' });
  });
});

it('Hooks of Fastify see what is sent, and that it is compressed', async () => {
  const seen: unknown[] = [];
  const watch = (app: INestApplication): void => {
    const fastify = (app.getHttpAdapter() as unknown as FastifyAdapter).getInstance();
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      seen.push([reply.getHeader('content-encoding'), payload instanceof Readable]);
      done();
    });
  };
  const imports = [ObservabilityModule.forRoot({ metrics: { enabled: true }, pipeline: 'nest' })];
  const { url } = await boot({ module: class AppModule {}, imports }, 'fastify', watch);
  const { body } = await scrape(`${url}/metrics`, { 'Accept-Encoding': 'gzip' });
  gunzipSync(body);
  await scrape(`${url}/metrics`);
  // The self-check of the live route may have come by as well.
  expect(seen).toEqual(expect.arrayContaining([['gzip', true]]));
  expect(seen).toEqual(expect.arrayContaining([[undefined, true]]));
});
