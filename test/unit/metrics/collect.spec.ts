import promClient from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registryOn } from './registry-on.js';
import { watchLog } from './watched-log.js';

const log = watchLog();

const FAILURES: readonly [string, () => void | Promise<void>][] = [
  [
    'throws',
    () => {
      throw new Error('queue is down');
    },
  ],
  ['rejects', () => Promise.reject(new Error('queue is down'))],
];

describe('A collector', () => {
  it('brings its metric up to date at each scrape, with the metric as this', async () => {
    const metrics = registryOn();
    let length = 0;
    metrics.gauge({
      name: 'queue_length',
      help: 'Jobs',
      async collect() {
        await Promise.resolve();
        this.set(++length);
      },
    });

    expect(await metrics.expose()).toContain('queue_length 1\n');
    expect(await metrics.expose()).toContain('queue_length 2\n');
  });

  it.each(FAILURES)(
    'that %s loses only its own metric, with one warning',
    async (_how, collect) => {
      const metrics = registryOn();
      metrics.counter('before_total', 'Before').inc();
      metrics.gauge({ name: 'queue_length', help: 'Jobs', collect });
      metrics.counter('after_total', 'After').inc();

      await metrics.expose();
      const text = await metrics.expose();

      expect(text).toContain('before_total 1\n');
      expect(text).toContain('after_total 1\n');
      expect(text).not.toContain('queue_length');
      expect(log.ours('warn')).toEqual([
        'Metric "queue_length" is left out of the scrape: queue is down',
      ]);
    },
  );

  it.each(FAILURES)(
    'in the default registry of prom-client that %s loses only its own metric',
    async (_how, collect) => {
      const metrics = registryOn();
      metrics.counter('own_total', 'Own').inc();
      promClient.register.registerMetric(
        new promClient.Gauge({ name: 'theirs', help: 'Theirs', registers: [], collect }),
      );
      new promClient.Counter({ name: 'direct_total', help: 'Direct' }).inc();

      const text = await metrics.expose();

      expect(text).toContain('own_total 1\n');
      expect(text).toContain('direct_total 1\n');
      expect(text).not.toContain('theirs');
    },
  );

  it('that works again has its metric back', async () => {
    const metrics = registryOn();
    let down = true;
    metrics.gauge({
      name: 'queue_length',
      help: 'Jobs',
      collect() {
        if (down) throw new Error('queue is down');
        this.set(7);
      },
    });
    await metrics.expose();
    down = false;

    expect(await metrics.expose()).toContain('queue_length 7\n');
  });
});
