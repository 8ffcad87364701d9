import { Logger } from '@nestjs/common';
import platformatic from 'platformatic-prom-client';
import promClient from 'prom-client';
import prometheusIo from 'prometheus-io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writesAlike } from '../../../lib/metrics/canary.js';
import { MetricsRegistry } from '../../../lib/metrics/metrics.registry.js';
import type { PromClient } from '../../../lib/metrics/prom-client.js';
import { parseExposition, seriesOf } from '../../support/exposition-parser.js';
import { MemoryLog } from '../../support/log.js';

/** As much of a client as this test uses itself. */
interface Client {
  readonly register: StockRegistry;
  readonly Registry: new () => StockRegistry;
  readonly AggregatorRegistry: { aggregate(json: readonly unknown[]): StockRegistry };
  readonly Counter: new (configuration: object) => { inc(value: number): void };
  readonly Histogram: new (configuration: object) => { observe(value: number): void };
  readonly Summary: new (configuration: object) => { observe(value: number): void };
  collectDefaultMetrics(options?: object): void;
}
interface StockRegistry {
  registerMetric(metric: object): void;
  metrics(): Promise<string>;
  getMetricsAsJSON(): Promise<unknown>;
  clear(): void;
}

const CLIENTS = [
  ['prom-client', promClient],
  ['@platformatic/prom-client', platformatic],
  ['@prometheus-io/client', prometheusIo],
] as unknown as readonly [string, Client][];

const log = new MemoryLog();

beforeEach(() => {
  log.lines.length = 0;
  Logger.overrideLogger(log);
});

afterEach(() => {
  Logger.overrideLogger(false);
  for (const [, { register }] of CLIENTS) register.clear();
});

function registryOf(client: Client): MetricsRegistry {
  return new MetricsRegistry(client as unknown as PromClient);
}

/** A metric of every type, with and without labels, that all have recorded something. */
function recordAll(metrics: MetricsRegistry): object[] {
  const labels = ['method', 'path'] as const;
  const counter = metrics.counter('orders_total', 'Orders "placed"', labels);
  counter.inc({ method: 'GET', path: 'a "b"\\\n' });
  counter.labels('POST', '/x').inc(2.5);
  counter.inc({ method: 'GET' });
  const gauge = metrics.gauge('pool', 'Pool', labels);
  gauge.set({ path: '/x' }, -1.5);
  gauge.labels({ path: '/y' }).dec();
  const histogram = metrics.histogram('latency_seconds', 'Latency', labels, [0.1, 1]);
  histogram.observe({ method: 'GET', path: '/x' }, 0.5);
  histogram.labels('GET', '/x').observe(7);
  const summary = metrics.summary('size_bytes', 'Size', labels, [0.5, 0.9]);
  summary.observe({ method: 'GET' }, 3);
  const bare = [
    metrics.counter('bare_total', 'Bare'),
    metrics.gauge('bare_level', 'Bare'),
    metrics.histogram('bare_seconds', 'Bare'),
    metrics.summary('bare_bytes', 'Bare'),
  ];
  return [counter, gauge, histogram, summary, ...bare];
}

function meaningOf(text: string) {
  return [...parseExposition(text, 'prometheus').values()].map(({ samples, ...rest }) => ({
    ...rest,
    samples: new Map(samples.map((one) => [seriesOf(one.name, one.labels), one.value])),
  }));
}

const EXPECTED = [
  'orders_total{method="GET",path="a \\"b\\"\\\\\\n"} 1',
  'orders_total{method="POST",path="/x"} 2.5',
  'orders_total{method="GET"} 1',
  'pool{path="/x"} -1.5',
  'pool{path="/y"} -1',
  'latency_seconds_bucket{le="0.1",method="GET",path="/x"} 0',
  'latency_seconds_bucket{le="1",method="GET",path="/x"} 1',
  'latency_seconds_bucket{le="+Inf",method="GET",path="/x"} 2',
  'latency_seconds_sum{method="GET",path="/x"} 7.5',
  'latency_seconds_count{method="GET",path="/x"} 2',
  'size_bytes{quantile="0.5",method="GET"} 3',
  'size_bytes_count{method="GET"} 1',
  'bare_total 0',
  'bare_level 0',
  'bare_seconds_count 0',
  'bare_bytes_count 0',
];

describe.each(CLIENTS)('on %s', (_, client) => {
  it('metrics of every type are shown, in both formats', async () => {
    const metrics = registryOf(client);
    recordAll(metrics);
    const text = await metrics.expose();
    expect(text.split('\n')).toEqual(expect.arrayContaining(EXPECTED));
    expect(parseExposition(text, 'prometheus').size).toBe(8);
    const bytes = Buffer.concat(await metrics.render('openmetrics'));
    expect(parseExposition(bytes, 'openmetrics').size).toBe(8);
    expect(log.lines).toEqual([]);
  });

  it('a registry of the client shows the same, and so do those that collect from processes', async () => {
    const metrics = registryOf(client);
    const stock = new client.Registry();
    for (const metric of recordAll(metrics)) stock.registerMetric(metric);
    const shown = meaningOf(await metrics.expose());
    expect(shown).toHaveLength(8);
    expect(meaningOf(await stock.metrics())).toEqual(shown);
    const json: unknown = JSON.parse(JSON.stringify(await stock.getMetricsAsJSON()));
    const collected = client.AggregatorRegistry.aggregate([json]);
    expect(meaningOf(await collected.metrics())).toEqual(shown);
  });

  it('the canaries agree', async () => {
    expect(await writesAlike(client as unknown as PromClient)).toBe(true);
    expect(log.lines).toEqual([]);
  });

  it('they do not where a registry writes something else, and a warning says so', async () => {
    class Registry extends client.Registry {
      getMetricsAsString(): Promise<string> {
        return Promise.resolve('# HELP canary Another\n# TYPE canary counter\ncanary 1\n');
      }
    }
    const other = Object.create(client) as Client;
    Object.defineProperty(other, 'Registry', { value: Registry });
    expect(await writesAlike(other as unknown as PromClient)).toBe(false);
    expect(log.ours('warn')).toEqual([expect.stringContaining('prom-client')]);
  });

  it('what is in its default registry is shown too, its metrics of the process among them', async () => {
    const metrics = registryOf(client);
    metrics.counter('ours_total', 'Ours').inc();
    new client.Counter({ name: 'direct_total', help: 'Direct' }).inc(3);
    new client.Histogram({ name: 'direct_seconds', help: 'Direct' }).observe(3);
    new client.Summary({ name: 'direct_bytes', help: 'Direct' }).observe(3);
    client.collectDefaultMetrics();
    const families = parseExposition(await metrics.expose(), 'prometheus');
    expect(families.get('ours_total')?.samples[0]?.value).toBe(1);
    expect(families.get('direct_total')?.samples[0]?.value).toBe(3);
    for (const name of ['direct_seconds', 'direct_bytes']) {
      const sum = families.get(name)?.samples.find((sample) => sample.name === `${name}_sum`);
      expect(sum?.value, name).toBe(3);
    }
    expect(families.get('process_cpu_seconds_total')?.type).toBe('counter');
    const bytes = Buffer.concat(await metrics.render('openmetrics'));
    expect(parseExposition(bytes, 'openmetrics').get('process_cpu_seconds')?.type).toBe('counter');
    expect(log.lines).toEqual([]);
  });

  it('each metric is an instance of the class of the client', () => {
    expect(registryOf(client).counter('one_total', 'One')).toBeInstanceOf(client.Counter);
  });
});
