import { spawnSync } from 'node:child_process';
import promClient from 'prom-client';
import { expect, it, vi } from 'vitest';
import { RuntimeMetrics } from '../../../../lib/metrics/runtime/runtime-metrics.js';
import { settle } from '../../../support/fake-clock.js';
import { describeWith } from '../../../support/parts.js';
import { registryOn } from '../registry-on.js';

interface Described {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
  readonly aggregator: string;
  readonly buckets: readonly number[] | undefined;
}

const byName = (one: Described, other: Described): number => (one.name < other.name ? -1 : 1);

async function theirs(): Promise<Described[]> {
  const register = new promClient.Registry();
  promClient.collectDefaultMetrics({ register });
  const types = new Map(
    (await register.getMetricsAsJSON()).map(({ name, type, aggregator }) => [
      name,
      { type: String(type), aggregator },
    ]),
  );
  return register.getMetricsAsArray().map((metric) => {
    const { labelNames, upperBounds } = metric as unknown as {
      labelNames: string[];
      upperBounds?: number[];
    };
    const { type = '', aggregator = '' } = types.get(metric.name) ?? {};
    return { name: metric.name, type, labelNames, aggregator, buckets: upperBounds };
  });
}

function ours(): Described[] {
  const registry = registryOn();
  const own = vi.spyOn(registry, 'exported');
  const metrics = new RuntimeMetrics(registry);
  metrics.stop();
  return own.mock.calls.map(([type, { name, labelNames = [], aggregator = 'sum', buckets }]) => ({
    name,
    type,
    labelNames,
    aggregator,
    buckets,
  }));
}

// On other systems prom-client leaves out what only Linux tells.
it.runIf(process.platform === 'linux')(
  'the metrics are those of prom-client, and the utilization of the event loop',
  async () => {
    const utilization: Described = {
      name: 'nodejs_eventloop_utilization',
      type: 'gauge',
      labelNames: [],
      aggregator: 'average',
      buckets: undefined,
    };

    expect(ours().toSorted(byName)).toEqual([...(await theirs()), utilization].toSorted(byName));
  },
);

it('every one of them is exposed', async () => {
  const registry = registryOn();
  const own = vi.spyOn(registry, 'exported');
  const metrics = new RuntimeMetrics(registry);
  metrics.stop();
  const text = await registry.expose();

  const exposed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [
    type,
    name,
  ]);
  expect(exposed).toEqual(own.mock.calls.map(([type, { name }]) => [type, name]));
});

describeWith('promtool', 'promtool', () => {
  it('objects to nothing but the three gauges that prom-client calls totals', async () => {
    const registry = registryOn();
    const metrics = new RuntimeMetrics(registry);
    metrics.start();
    await settle();
    const input = await registry.expose();
    metrics.stop();

    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });

    const objections = (stdout + stderr).split('\n').filter((line) => line !== '');
    expect(objections.map((line) => line.split(' ')[0])).toEqual([
      'nodejs_active_handles_total',
      'nodejs_active_requests_total',
      'nodejs_active_resources_total',
    ]);
  });
});
