import promClient from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registryOn } from './registry-on.js';
import { watchLog } from './watched-log.js';

const LIMIT = 3;

const log = watchLog();

/** Metrics of four label sets each, made with prom-client, that have more lines than that. */
const MAKERS = {
  counter: () => {
    const metric = new promClient.Counter({ name: 'theirs', help: 'Theirs', labelNames: ['a'] });
    return (a: string) => metric.inc({ a });
  },
  gauge: () => {
    const metric = new promClient.Gauge({ name: 'theirs', help: 'Theirs', labelNames: ['a'] });
    return (a: string) => metric.set({ a }, 1);
  },
  histogram: () => {
    const metric = new promClient.Histogram({ name: 'theirs', help: 'Theirs', labelNames: ['a'] });
    return (a: string) => metric.observe({ a }, 1);
  },
  summary: () => {
    const metric = new promClient.Summary({ name: 'theirs', help: 'Theirs', labelNames: ['a'] });
    return (a: string) => metric.observe({ a }, 1);
  },
};
const TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;

describe.each(TYPES)('A %s that was made with prom-client', (type) => {
  it('is warned of once when it has more label sets than a metric may have, and shown whole', async () => {
    const metrics = registryOn({ maxSeriesPerMetric: LIMIT });
    const record = MAKERS[type]();

    for (const value of ['a', 'b', 'c']) record(value);
    await metrics.expose();
    expect(log.lines).toEqual([]);

    record('d');
    const body = await metrics.expose();
    await metrics.expose();

    expect(body).toContain('a="d"');
    expect(log.ours('warn')).toEqual([
      expect.stringMatching(/^Metric "theirs", .* has 4 label sets, more than 3 /),
    ]);
  });
});
