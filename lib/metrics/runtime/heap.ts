import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

import { SHADOWS, type MetricsRegistry } from '../metrics.registry.js';
import { readingGauge } from './reading-gauge.js';
import { SharedReading } from './shared-reading.js';

/** Makes the metrics of V8's heap: as a whole, and of each of its spaces. */
export function makeHeapMetrics(registry: MetricsRegistry): void {
  // The numbers of process.memoryUsage(), which reads a file of /proc besides.
  const heap = new SharedReading(getHeapStatistics);
  const gauge = (name: string, help: string, pick: (read: HeapStatistics) => number): void =>
    readingGauge(registry, { name, help }, heap, pick);

  gauge(
    'nodejs_heap_size_total_bytes',
    'Bytes of memory that V8 holds for its heap.',
    (read) => read.total_heap_size,
  );
  gauge(
    'nodejs_heap_size_used_bytes',
    'Bytes of the heap that are in use.',
    (read) => read.used_heap_size,
  );
  gauge(
    'nodejs_external_memory_bytes',
    'Bytes of memory outside the heap that objects in it hold, as buffers do.',
    (read) => read.external_memory,
  );
  makeSpaceMetrics(registry);
}

type HeapStatistics = ReturnType<typeof getHeapStatistics>;

const SPACE_SIZES = [
  ['total', 'that V8 holds for it', 'space_size'],
  ['used', 'in use', 'space_used_size'],
  ['available', 'free', 'space_available_size'],
] as const;

function makeSpaceMetrics(registry: MetricsRegistry): void {
  const spaces = new SharedReading(getHeapSpaceStatistics);
  for (const [size, what, field] of SPACE_SIZES) {
    const gauge = registry.exported(
      'gauge',
      {
        name: `nodejs_heap_space_size_${size}_bytes`,
        help: `Bytes of a space of the heap ${what}.`,
        labelNames: ['space'],
        collect: () => {
          for (const space of spaces.read()) {
            gauge.set({ space: space.space_name.replace(/_space$/, '') }, space[field]);
          }
        },
      },
      SHADOWS,
    );
  }
}
