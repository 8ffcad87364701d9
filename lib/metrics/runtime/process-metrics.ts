import { performance } from 'node:perf_hooks';
import { within, type Clock } from '../../clock.js';

import { SHADOWS, type MetricsRegistry } from '../metrics.registry.js';
import { ProcFiles, type ProcReading } from './proc-files.js';
import { readingGauge } from './reading-gauge.js';
import { SharedReading } from './shared-reading.js';

/** How long a scrape waits for files, in milliseconds: they are read by threads that may all be busy for long. */
const FILES_PATIENCE_MS = 500;

/** Makes the metrics of the process: processor time, memory, open files, when it started, and with which Node. */
export function makeProcessMetrics(
  registry: MetricsRegistry,
  clock: Clock,
  folder = '/proc/self',
): void {
  makeProcessorMetrics(registry);
  makeFileMetrics(registry, clock, folder);
  makeConstantMetrics(registry);
}

const PROCESSOR_TIMES = [
  ['process_cpu_user_seconds_total', 'Seconds of processor time in code of the process.', 1, 0],
  ['process_cpu_system_seconds_total', 'Seconds of processor time in the kernel.', 0, 1],
  ['process_cpu_seconds_total', 'Seconds of processor time, in all.', 1, 1],
] as const;

function makeProcessorMetrics(registry: MetricsRegistry): void {
  const usage = new SharedReading(() => process.cpuUsage());
  for (const [name, help, ofUser, ofSystem] of PROCESSOR_TIMES) {
    let countedMicros = 0;
    const counter = registry.exported(
      'counter',
      {
        name,
        help,
        collect: () => {
          const { user, system } = usage.read();
          const micros = user * ofUser + system * ofSystem;
          counter.inc(Math.max(0, micros - countedMicros) / 1e6);
          countedMicros = micros;
        },
      },
      SHADOWS,
    );
  }
}

function makeFileMetrics(registry: MetricsRegistry, clock: Clock, folder: string): void {
  const files = new ProcFiles(folder);
  const underWay = new SharedReading(() => files.read());
  let last: ProcReading = {};
  const inTime = new SharedReading(async () => {
    last = await within(clock, FILES_PATIENCE_MS, underWay.read(), () => last);
    return last;
  });
  const gauge = (
    name: string,
    help: string,
    pick: (read: ProcReading) => number | undefined,
  ): void => readingGauge(registry, { name, help }, inTime, pick);

  gauge(
    'process_resident_memory_bytes',
    'Bytes of physical memory that the process holds.',
    (read) => read.residentBytes ?? process.memoryUsage.rss(),
  );
  gauge(
    'process_virtual_memory_bytes',
    'Bytes of address space of the process.',
    (read) => read.virtualBytes,
  );
  gauge(
    'process_heap_bytes',
    'Bytes of the data segment of the process.',
    (read) => read.dataBytes,
  );
  gauge('process_open_fds', 'File descriptors that are open.', (read) => read.openFiles);
  gauge(
    'process_max_fds',
    'File descriptors that may be open at a time.',
    (read) => read.maxOpenFiles,
  );
}

function makeConstantMetrics(registry: MetricsRegistry): void {
  const start = registry.exported(
    'gauge',
    {
      name: 'process_start_time_seconds',
      help: 'When the process started, in seconds since 1970.',
      aggregator: 'omit',
      collect: (): void => start.set(Math.round(performance.timeOrigin / 1_000)),
    },
    SHADOWS,
  );
  const [major = '', minor = '', patch = ''] = process.versions.node.split(/[.-]/);
  const node = registry.exported(
    'gauge',
    {
      name: 'nodejs_version_info',
      help: 'The version of Node.js, in its labels.',
      labelNames: ['version', 'major', 'minor', 'patch'],
      aggregator: 'first',
      collect: (): void => node.set({ version: process.version, major, minor, patch }, 1),
    },
    SHADOWS,
  );
}
