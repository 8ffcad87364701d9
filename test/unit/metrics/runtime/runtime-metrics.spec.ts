import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type * as PerfHooks from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import promClient from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MetricsRegistry } from '../../../../lib/metrics/metrics.registry.js';
import { noopMetric } from '../../../../lib/metrics/noop-metric.js';
import { RuntimeMetrics } from '../../../../lib/metrics/runtime/runtime-metrics.js';
import { registryOn } from '../registry-on.js';
import { watchLog } from '../watched-log.js';
import { scrape, seriesOf, valueOf, type Samples } from './samples.js';

/** What measures at the moment. */
const running = vi.hoisted(() => new Set<object>());

vi.mock('node:perf_hooks', async (load) => {
  const real = await load<typeof PerfHooks>();
  class PerformanceObserver extends real.PerformanceObserver {
    override observe(...options: Parameters<PerfHooks.PerformanceObserver['observe']>): void {
      super.observe(...options);
      running.add(this);
    }

    override disconnect(): void {
      super.disconnect();
      running.delete(this);
    }
  }
  const monitorEventLoopDelay: typeof PerfHooks.monitorEventLoopDelay = (options) => {
    const delays = real.monitorEventLoopDelay(options);
    const enable = delays.enable.bind(delays);
    const disable = delays.disable.bind(delays);
    return Object.assign(delays, {
      enable: () => {
        running.add(delays);
        return enable();
      },
      disable: () => {
        running.delete(delays);
        return disable();
      },
    });
  };
  return { ...real, PerformanceObserver, monitorEventLoopDelay };
});

const log = watchLog();

beforeEach(() => running.clear());
afterEach(() => {
  if (running.size > 0) throw new Error('something still measures');
});

const MEASURED = ['nodejs_eventloop_lag_max_seconds', 'nodejs_gc_duration_seconds_count'];
const READ = [
  'nodejs_active_resources_total',
  'nodejs_heap_size_used_bytes',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
];

describe('an application that never listens', () => {
  it('has no observer and no timer, and all that needs none is there', async () => {
    const registry = registryOn();
    const metrics = new RuntimeMetrics(registry);
    const samples = await scrape(registry);

    expect(running.size).toBe(0);
    expect(MEASURED.flatMap((name) => seriesOf(samples, name))).toEqual([]);
    for (const name of READ) expect(valueOf(samples, name)).toBeGreaterThan(0);
    metrics.stop();
  });
});

describe('an application that listens', () => {
  it('has one observer and one histogram of delays, and none once it has stopped', () => {
    const metrics = new RuntimeMetrics(registryOn());
    metrics.start();
    metrics.start();
    const started = running.size;
    metrics.stop();
    metrics.stop();

    expect(started).toBe(2);
    expect(running.size).toBe(0);
  });

  it('can start again', async () => {
    const registry = registryOn();
    const metrics = new RuntimeMetrics(registry);
    metrics.start();
    metrics.stop();
    metrics.start();

    expect(running.size).toBe(2);
    await scrapeOnce(registry, 'nodejs_eventloop_lag_max_seconds');
    metrics.stop();
  });

  it('measures on when another one of the process stops', async () => {
    const registry = registryOn();
    const one = new RuntimeMetrics(registry);
    const other = new RuntimeMetrics(registryOn());
    one.start();
    other.start();
    const both = running.size;
    other.stop();

    expect(both).toBe(4);
    expect(running.size).toBe(2);
    await scrapeOnce(registry, 'nodejs_eventloop_lag_max_seconds');
    one.stop();
  });

  it('still has what is read once it has stopped', async () => {
    const registry = registryOn();
    const metrics = new RuntimeMetrics(registry);
    metrics.start();
    metrics.stop();
    const samples = await scrape(registry);

    for (const name of READ) expect(valueOf(samples, name)).toBeGreaterThan(0);
  });

  it('does not keep the process alive', async () => {
    const program = join(import.meta.dirname, 'start-and-end.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 30_000 });

    expect(stdout).toBe('ended by itself\n');
  });
});

describe('with metrics off', () => {
  it('nothing is made, nothing measures, and nothing is said of a name that is taken', () => {
    const registry = new MetricsRegistry();
    const exported = vi.spyOn(registry, 'exported');
    registry.gauge('process_open_fds', 'Mine');
    const metrics = new RuntimeMetrics(registry);
    metrics.start();

    expect(exported).not.toHaveBeenCalled();
    expect(running.size).toBe(0);
    expect(log.lines).toEqual([]);
    metrics.stop();
  });
});

it('each metric is complete when it is scraped alone', async () => {
  const registry = registryOn();
  const exported = vi.spyOn(registry, 'exported');
  const metrics = new RuntimeMetrics(registry);
  metrics.start();
  const all = await scrapeOnce(registry, 'nodejs_eventloop_lag_seconds');
  metrics.stop();
  // How garbage is collected, and what is active, is different each time.
  const names = exported.mock.calls
    .map(([, { name }]) => name)
    .filter((name) => !/^nodejs_(gc_|active_[a-z]+$)/.test(name));

  for (const name of names) {
    const only = registryOn();
    const make = only.exported.bind(only);
    vi.spyOn(only, 'exported').mockImplementation((type, configuration) =>
      configuration.name === name ? make(type, configuration) : noopMetric(),
    );
    const alone = new RuntimeMetrics(only);
    alone.start();
    const samples = await scrapeOnce(only, name);
    alone.stop();

    expect([...samples.keys()]).toEqual(seriesOf(all, name));
  }
});

/** Scrapes once a metric has a series. */
async function scrapeOnce(registry: MetricsRegistry, name: string): Promise<Samples> {
  for (;;) {
    const samples = await scrape(registry);
    if (seriesOf(samples, name).length > 0) return samples;
    await delay(1);
  }
}

it('what prom-client measures of the process in its default registry is shown as it is here', async () => {
  new promClient.Gauge({ name: 'process_open_fds', help: 'Theirs' }).set(-7);
  const registry = registryOn();
  const metrics = new RuntimeMetrics(registry);
  metrics.stop();
  const samples = await scrape(registry);

  expect(valueOf(samples, 'process_open_fds')).toBeGreaterThan(0);
});

it('what the application has made with MetricsRegistry stays its own, and ours stand aside', async () => {
  const registry = registryOn();
  registry.gauge('process_open_fds', 'Mine').set(-7);
  const metrics = new RuntimeMetrics(registry);
  metrics.stop();
  const samples = await scrape(registry);

  expect(samples.get('process_open_fds')).toBe(-7);
  expect(valueOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(0);
});
