import promClient from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registryOn } from './registry-on.js';
import { watchLog } from './watched-log.js';

const log = watchLog();

describe('What is in the default registry of prom-client', () => {
  it('is exposed after the registry’s own metrics', async () => {
    const metrics = registryOn();
    new promClient.Counter({ name: 'direct_total', help: 'Direct' }).inc(3);
    metrics.counter('own_total', 'Own').inc();

    expect(await metrics.expose()).toBe(
      [
        '# HELP own_total Own',
        '# TYPE own_total counter',
        'own_total 1',
        '# HELP direct_total Direct',
        '# TYPE direct_total counter',
        'direct_total 3',
        '',
      ].join('\n'),
    );
    expect(log.lines).toEqual([]);
  });

  it('is exposed with the default labels of its own registry', async () => {
    promClient.register.setDefaultLabels({ app: 'theirs' });
    const metrics = registryOn({ defaultLabels: { app: 'ours' } });
    new promClient.Counter({ name: 'direct_total', help: 'Direct' }).inc();
    metrics.counter('own_total', 'Own').inc();

    const text = await metrics.expose();
    promClient.register.setDefaultLabels({});

    expect(text).toContain('own_total{app="ours"} 1\n');
    expect(text).toContain('direct_total{app="theirs"} 1\n');
  });

  it('gives way to a metric of the same name, with one warning', async () => {
    const metrics = registryOn();
    new promClient.Counter({ name: 'orders_total', help: 'Theirs' }).inc(3);
    metrics.counter('orders_total', 'Ours').inc();

    await metrics.expose();
    const text = await metrics.expose();

    expect(text).toBe('# HELP orders_total Ours\n# TYPE orders_total counter\norders_total 1\n');
    expect(log.ours('warn')).toEqual([expect.stringContaining('"orders_total"')]);
  });

  it('is no longer exposed once it is gone from there', async () => {
    const metrics = registryOn();
    new promClient.Counter({ name: 'direct_total', help: 'Direct' }).inc();
    await metrics.expose();
    promClient.register.removeSingleMetric('direct_total');

    expect(await metrics.expose()).toBe('');
  });
});
