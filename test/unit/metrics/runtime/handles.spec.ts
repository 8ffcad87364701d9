import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, it, vi } from 'vitest';
import type { MetricsRegistry } from '../../../../lib/metrics/metrics.registry.js';
import { makeHandleMetrics } from '../../../../lib/metrics/runtime/handles.js';
import { RuntimeMetrics } from '../../../../lib/metrics/runtime/runtime-metrics.js';
import { registryOn } from '../registry-on.js';
import { scrape, seriesOf, valueOf } from './samples.js';

const HANDLES = '_getActiveHandles';
const REQUESTS = '_getActiveRequests';

const node = process as NodeJS.Process & Record<typeof HANDLES | typeof REQUESTS, () => unknown[]>;

function made(): MetricsRegistry {
  const registry = registryOn();
  makeHandleMetrics(registry);
  return registry;
}

it('a server is a handle and a resource while it listens, and has no series afterwards', async () => {
  const registry = made();
  const handle = 'nodejs_active_handles{type="Server"}';
  const resource = 'nodejs_active_resources{type="TCPServerWrap"}';
  const before = await scrape(registry);
  const server = createServer().listen(0);
  await once(server, 'listening');
  const during = await scrape(registry);
  server.close();
  await once(server, 'close');
  await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap'));
  const after = await scrape(registry);

  expect([before, during, after].map((samples) => samples.get(handle))).toEqual([
    undefined,
    1,
    undefined,
  ]);
  expect([before, during, after].map((samples) => samples.get(resource))).toEqual([
    undefined,
    1,
    undefined,
  ]);
});

it('a file being looked at is a request', async () => {
  const registry = made();
  const files = [stat('/'), stat('/'), stat('/')];
  const samples = await scrape(registry);
  await Promise.all(files);

  expect(valueOf(samples, 'nodejs_active_requests{type="FSReqPromise"}')).toBeGreaterThanOrEqual(3);
});

it('what a scrape needs itself is not counted', async () => {
  const registry = registryOn();
  const metrics = new RuntimeMetrics(registry);
  metrics.stop();
  const requests = node[REQUESTS]().length;
  const resources = process.getActiveResourcesInfo().length;
  const samples = await scrape(registry);

  expect(valueOf(samples, 'nodejs_active_requests_total')).toBe(requests);
  expect(valueOf(samples, 'nodejs_active_resources_total')).toBe(resources);
});

it.each(['handles', 'requests', 'resources'])(
  'all %s are as many as those of each type',
  async (noun) => {
    const registry = made();
    const files = [stat('/'), stat('/')];
    const samples = await scrape(registry);
    await Promise.all(files);

    const counts = seriesOf(samples, `nodejs_active_${noun}`).map((series) =>
      valueOf(samples, series),
    );
    const sum = counts.reduce((total, count) => total + count, 0);
    expect(sum).toBeGreaterThan(0);
    expect(valueOf(samples, `nodejs_active_${noun}_total`)).toBe(sum);
  },
);

it('one of no type counts among all, and is of no type', async () => {
  const handles = vi
    .spyOn(node, HANDLES)
    .mockReturnValue([new Map(), Object.create(null), null, undefined, new Map()]);
  const registry = made();
  const samples = await scrape(registry);
  handles.mockRestore();

  expect(seriesOf(samples, 'nodejs_active_handles')).toEqual(['nodejs_active_handles{type="Map"}']);
  expect(samples.get('nodejs_active_handles{type="Map"}')).toBe(2);
  expect(samples.get('nodejs_active_handles_total')).toBe(5);
});

it('where Node no longer tells of them there are no series', async () => {
  const { [HANDLES]: handles, [REQUESTS]: requests } = node;
  Reflect.deleteProperty(node, HANDLES);
  Reflect.deleteProperty(node, REQUESTS);
  const samples = await scrape(made());
  Object.assign(node, { [HANDLES]: handles, [REQUESTS]: requests });

  const names = ['handles', 'handles_total', 'requests', 'requests_total'];
  expect(names.flatMap((name) => seriesOf(samples, `nodejs_active_${name}`))).toEqual([]);
});

it('a scrape reads them once', async () => {
  const handles = vi.spyOn(node, HANDLES);
  const resources = vi.spyOn(node, 'getActiveResourcesInfo');
  const registry = made();
  await scrape(registry);
  await scrape(registry);
  const reads = [handles.mock.calls.length, resources.mock.calls.length];
  handles.mockRestore();
  resources.mockRestore();

  expect(reads).toEqual([2, 2]);
});

it('a metric that the application has taken keeps its own values, and the others are right', async () => {
  const registry = registryOn();
  registry.gauge('nodejs_active_handles', 'Mine', ['type']).set({ type: 'mine' }, 7);
  registry.gauge('nodejs_active_resources_total', 'Mine').set(8);
  makeHandleMetrics(registry);
  const samples = await scrape(registry);

  expect(seriesOf(samples, 'nodejs_active_handles')).toEqual([
    'nodejs_active_handles{type="mine"}',
  ]);
  expect(samples.get('nodejs_active_handles_total')).toBe(node[HANDLES]().length);
  expect(samples.get('nodejs_active_resources_total')).toBe(8);
  expect(seriesOf(samples, 'nodejs_active_resources')).not.toEqual([]);
});
