import promClient from 'prom-client';
import { describe, expect, it } from 'vitest';
import { writesAlike } from '../../../lib/metrics/canary.js';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import type { PromClient } from '../../../lib/metrics/prom-client.js';
import { watchLog } from './watched-log.js';

const log = watchLog();

// Its types do not tell of it.
const Registry = promClient.Registry as unknown as new () => {
  getMetricsAsString(metric: object): Promise<string>;
};

/** Puts a comment of its own before each metric. */
class ChattyRegistry extends Registry {
  override async getMetricsAsString(metric: object): Promise<string> {
    return `# CHATTY\n${await super.getMetricsAsString(metric)}`;
  }
}

const known = promClient as unknown as PromClient;
const chatty = { ...promClient, Registry: ChattyRegistry } as unknown as PromClient;

describe('A prom-client that writes metrics as they are known here', () => {
  it('lets the module write them, without a word', async () => {
    expect(await writesAlike(known)).toBe(true);
    expect(log.lines).toEqual([]);
  });
});

describe('A prom-client that writes metrics in another way', () => {
  it('is found out at start, with one warning', async () => {
    expect(await writesAlike(chatty)).toBe(false);
    expect(log.ours('warn')).toEqual([expect.stringContaining('writes metrics in another way')]);
  });

  it('writes them itself, and asks a collector once for each scrape', async () => {
    const metrics = new MetricsRegistry(chatty, { stock: true, defaultLabels: { app: 'shop' } });
    metrics.counter({
      name: 'scrapes_total',
      help: 'Scrapes',
      collect() {
        this.inc();
      },
    });
    metrics.histogram('latency_seconds', 'Latency', ['route'], [1]).observe({ route: '/x' }, 0.5);

    const text = await metrics.expose();

    expect(text).toContain('# CHATTY\n# HELP scrapes_total Scrapes\n');
    expect(text).toContain('scrapes_total{app="shop"} 1\n');
    expect(text).toMatch(/^latency_seconds_bucket{.*le="1".*} 1$/m);
    expect(await metrics.expose()).toContain('scrapes_total{app="shop"} 2\n');
  });

  it('whose registry refuses a metric of ours is found out too', async () => {
    class Refusing extends Registry {
      override getMetricsAsString(): Promise<string> {
        return Promise.reject(new TypeError('no such metric'));
      }
    }
    const client = { ...promClient, Registry: Refusing } as unknown as PromClient;

    expect(await writesAlike(client)).toBe(false);
  });
});
