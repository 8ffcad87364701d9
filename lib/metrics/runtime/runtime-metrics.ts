import { systemClock, type Clock } from '../../clock.js';
import type { MetricsRegistry } from '../metrics.registry.js';
import { EventLoop } from './event-loop.js';
import { GarbageCollection } from './garbage-collection.js';
import { makeHandleMetrics } from './handles.js';
import { makeHeapMetrics } from './heap.js';
import { makeProcessMetrics } from './process-metrics.js';

/**
 * Node's runtime metrics of one application, under the names that prom-client gives them. Those of the event loop and of
 * garbage collection are measured from start to stop; the others are read at each scrape.
 */
export class RuntimeMetrics {
  readonly #measured: readonly (EventLoop | GarbageCollection)[];

  /** Makes the metrics; with metrics off there is nothing to make. */
  constructor(registry: MetricsRegistry, clock: Clock = systemClock) {
    this.#measured = registry.enabled ? makeAll(registry, clock) : [];
  }

  /** The application listens: measures from now on. */
  start(): void {
    for (const metrics of this.#measured) metrics.start();
  }

  /** The application has stopped: leaves nothing behind that runs. */
  stop(): void {
    for (const metrics of this.#measured) metrics.stop();
  }
}

function makeAll(
  registry: MetricsRegistry,
  clock: Clock,
): readonly (EventLoop | GarbageCollection)[] {
  // First, as the others are active themselves while they are read.
  makeHandleMetrics(registry);
  makeHeapMetrics(registry);
  makeProcessMetrics(registry, clock);
  return [new EventLoop(registry, clock), new GarbageCollection(registry)];
}
