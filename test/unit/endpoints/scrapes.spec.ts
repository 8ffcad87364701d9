import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { MetricsRegistry } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../lib/endpoints/answers.js';
import { Scrapes } from '../../../lib/endpoints/scrapes.js';
import type { ExpositionFormat } from '../../../lib/metrics/metrics.types.js';
import { Gate } from '../../support/gate.js';

/** A registry whose renderings wait for a gate. */
class Slow {
  readonly enabled = true;
  readonly rendered: ExpositionFormat[] = [];
  readonly gate = new Gate();

  async render(format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    this.rendered.push(format);
    const text = `${format} ${this.rendered.length}\n`;
    await this.gate.opened;
    return [Buffer.from(text.slice(0, 3)), Buffer.from(text.slice(3))];
  }
}

function scrapesOf(registry: Slow): (accept?: string, encoding?: string) => Promise<Answer> {
  const scrapes = new Scrapes(registry as unknown as MetricsRegistry);
  return (accept, encoding) =>
    scrapes.answer({ headers: { accept, 'accept-encoding': encoding } } as IncomingMessage);
}

function textOf({ headers, body }: Answer): string {
  const bytes = Buffer.concat(body as readonly Uint8Array[]);
  expect(bytes.length).toBe(headers['Content-Length']);
  return (headers['Content-Encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

const OPENMETRICS = 'application/openmetrics-text';

describe('scrapes at the same time', () => {
  it('share one compression for each format, and the parts of it', async () => {
    const registry = new Slow();
    const scrape = scrapesOf(registry);
    const asked = [scrape(undefined, 'gzip'), scrape(undefined, 'gzip')];
    registry.gate.open();
    const [first, second] = await Promise.all(asked);
    expect(first?.body).toBe(second?.body);
  });
});

it('A scrape after another gets a rendering of its own', async () => {
  const registry = new Slow();
  const scrape = scrapesOf(registry);
  registry.gate.open();
  expect(textOf(await scrape())).toBe('prometheus 1\n');
  expect(textOf(await scrape(undefined, 'gzip'))).toBe('prometheus 2\n');
});

it('The headers say what the body is', async () => {
  const registry = new Slow();
  registry.gate.open();
  const scrape = scrapesOf(registry);
  const both = { Vary: 'Accept, Accept-Encoding', 'Cache-Control': 'no-store' };
  const plain = await scrape('*/*', 'identity');
  expect(plain.headers).toMatchObject({
    'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    ...both,
  });
  expect(plain.headers).not.toHaveProperty('Content-Encoding');
  expect((await scrape(OPENMETRICS, 'gzip')).headers).toMatchObject({
    'Content-Type': 'application/openmetrics-text; version=1.0.0; charset=utf-8',
    'Content-Encoding': 'gzip',
    ...both,
  });
});

it('With metrics off there is a comment as text, whatever is asked for', async () => {
  const scrapes = new Scrapes(new MetricsRegistry());
  const headers = { accept: OPENMETRICS, 'accept-encoding': 'gzip' };
  const answer = await scrapes.answer({ headers } as unknown as IncomingMessage);
  expect(answer.headers['Content-Type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(answer.headers).not.toHaveProperty('Content-Encoding');
  expect(textOf(answer)).toMatch(/^# Metrics are off\./);
});
