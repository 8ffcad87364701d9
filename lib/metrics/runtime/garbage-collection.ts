import {
  constants,
  PerformanceObserver,
  type NodeGCPerformanceDetail,
  type PerformanceEntry,
} from 'node:perf_hooks';

import { SHADOWS, type MetricsRegistry } from '../metrics.registry.js';
import type { Histogram } from '../metrics.types.js';

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

interface GarbageCollectionEntry extends PerformanceEntry {
  readonly detail: NodeGCPerformanceDetail;
}

/** The metric of garbage collection; it counts while it is started. */
export class GarbageCollection {
  readonly #durations: Histogram;
  #observer: PerformanceObserver | undefined;

  constructor(registry: MetricsRegistry) {
    this.#durations = registry.exported(
      'histogram',
      {
        name: 'nodejs_gc_duration_seconds',
        help: 'How long garbage collection took, by kind: major, minor, incremental or weakcb.',
        labelNames: ['kind'],
        buckets: [0.001, 0.01, 0.1, 1, 2, 5],
        collect: () => this.#countPending(),
      },
      SHADOWS,
    );
  }

  /** Counts from now on. */
  start(): void {
    if (this.#observer !== undefined) return;
    this.#observer = new PerformanceObserver((list) => this.#count(list.getEntries()));
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Counts no longer. */
  stop(): void {
    this.#countPending();
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  /** What has been collected since the observer was last told. */
  #countPending(): void {
    this.#count(this.#observer?.takeRecords() ?? []);
  }

  #count(entries: readonly PerformanceEntry[]): void {
    // No other entries are observed; the types of Node do not say what these have.
    for (const { detail, duration } of entries as readonly GarbageCollectionEntry[]) {
      const kind = KINDS[detail.kind] ?? 'other';
      this.#durations.observe({ kind }, duration / 1_000);
    }
  }
}
