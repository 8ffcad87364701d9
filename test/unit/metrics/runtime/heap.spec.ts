import { getHeapSpaceStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { makeHeapMetrics } from '../../../../lib/metrics/runtime/heap.js';
import { registryOn } from '../registry-on.js';
import { scrape, seriesOf, valueOf } from './samples.js';

const MIB = 1_024 * 1_024;

it('memory outside the heap grows by what a buffer takes', async () => {
  const registry = registryOn();
  makeHeapMetrics(registry);
  const before = valueOf(await scrape(registry), 'nodejs_external_memory_bytes');
  const buffer = Buffer.alloc(64 * MIB);
  const grown = valueOf(await scrape(registry), 'nodejs_external_memory_bytes') - before;

  expect(grown).toBeGreaterThan(buffer.length / 2);
});

it('the heap in use grows by what objects take, and is less than what V8 holds', async () => {
  const registry = registryOn();
  makeHeapMetrics(registry);
  const before = valueOf(await scrape(registry), 'nodejs_heap_size_used_bytes');
  const objects = Array.from({ length: 500_000 }, (_, i) => ({ i, next: [i] }));
  const samples = await scrape(registry);

  const used = valueOf(samples, 'nodejs_heap_size_used_bytes');
  expect(used - before).toBeGreaterThan(objects.length * 16);
  expect(used).toBeLessThanOrEqual(valueOf(samples, 'nodejs_heap_size_total_bytes'));
});

it('the heap is that of process.memoryUsage()', async () => {
  const registry = registryOn();
  makeHeapMetrics(registry);
  const { heapTotal, heapUsed, external } = process.memoryUsage();
  const samples = await scrape(registry);

  const ratios = [
    valueOf(samples, 'nodejs_heap_size_total_bytes') / heapTotal,
    valueOf(samples, 'nodejs_heap_size_used_bytes') / heapUsed,
    valueOf(samples, 'nodejs_external_memory_bytes') / external,
  ];
  for (const ratio of ratios) {
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  }
});

it('every space of the heap has its sizes, under its name without "_space"', async () => {
  const registry = registryOn();
  makeHeapMetrics(registry);
  const samples = await scrape(registry);
  const spaces = getHeapSpaceStatistics();

  for (const size of ['total', 'used', 'available']) {
    const name = `nodejs_heap_space_size_${size}_bytes`;
    expect(seriesOf(samples, name)).toEqual(
      spaces.map(({ space_name }) => `${name}{space="${space_name.replace('_space', '')}"}`),
    );
  }
  // The code that Node brings along is read-only, and its space does not change.
  const { space_size, space_used_size, space_available_size } =
    spaces.find(({ space_name }) => space_name === 'read_only_space') ?? {};
  expect(samples.get('nodejs_heap_space_size_total_bytes{space="read_only"}')).toBe(space_size);
  expect(samples.get('nodejs_heap_space_size_used_bytes{space="read_only"}')).toBe(space_used_size);
  expect(samples.get('nodejs_heap_space_size_available_bytes{space="read_only"}')).toBe(
    space_available_size,
  );
});
