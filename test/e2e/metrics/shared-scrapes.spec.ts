import { MetricsRegistry } from 'nestjs-observability';
import { setImmediate as turn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/gate.js';
import { bootAt, PLACES, scrape } from './scraping.js';

describe.each(PLACES)('Scrapes at the same time on %s', (place) => {
  it('share one rendering, and those that come later get one of their own', async () => {
    const arrivals = { count: 0, all: new Gate() };
    const { app, url } = await bootAt(place, {
      access: {
        metrics: () => {
          arrivals.count += 1;
          if (arrivals.count === 6) arrivals.all.open();
          return true;
        },
      },
    });
    const registry = app.get(MetricsRegistry);
    const gate = new Gate();
    let collected = 0;
    registry.gauge({
      name: 'queue_length',
      help: 'Jobs that wait',
      async collect() {
        collected += 1;
        await gate.opened;
        this.set(collected);
      },
    });

    const asked = [{}, {}, {}, { 'Accept-Encoding': 'gzip' }, { 'Accept-Encoding': 'gzip' }, {}];
    const scrapes = asked.map((headers) => scrape(`${url}/metrics`, headers));
    await arrivals.all.opened;
    // From there to the rendering there are only promises that are settled.
    await turn();
    gate.open();
    for (const { headers, body } of await Promise.all(scrapes)) {
      const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      expect(text.toString()).toContain('queue_length 1\n');
    }
    expect(collected).toBe(1);

    const { body } = await scrape(`${url}/metrics`);
    expect(body.toString()).toContain('queue_length 2\n');
    expect(collected).toBe(2);
  });

  it('in both formats ask a metric once, and both show it', async () => {
    const { app, log, url } = await bootAt(place);
    const asked = new Gate();
    const gate = new Gate();
    let collected = 0;
    app.get(MetricsRegistry).gauge({
      name: 'queue_length',
      help: 'Jobs that wait',
      async collect() {
        collected += 1;
        asked.open();
        await gate.opened;
        this.set(collected);
      },
    });

    const inText = scrape(`${url}/metrics`);
    await asked.opened;
    const inOpenMetrics = scrape(`${url}/metrics`, { Accept: 'application/openmetrics-text' });
    // Probes are answered in the order in which they came, so that the scrape before is under way by then.
    await scrape(`${url}/health/live`);
    await turn();
    gate.open();
    for (const { body } of await Promise.all([inText, inOpenMetrics])) {
      expect(body.toString()).toContain('queue_length 1\n');
    }
    expect(log.ours('warn').filter((line) => line.includes('queue_length'))).toEqual([]);
  });
});
