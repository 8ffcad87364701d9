import { SHADOWS, type MetricsRegistry } from '../metrics.registry.js';
import { readingGauge } from './reading-gauge.js';
import { SharedReading } from './shared-reading.js';

/** What Node tells without documenting it; a later one may have lost it. */
interface Undocumented {
  readonly _getActiveHandles?: () => readonly unknown[];
  readonly _getActiveRequests?: () => readonly unknown[];
}

/** Makes the metrics of what keeps the event loop alive: handles, requests and resources, by type and in all. */
export function makeHandleMetrics(registry: MetricsRegistry): void {
  const {
    _getActiveHandles: handles,
    _getActiveRequests: requests,
  }: Undocumented & NodeJS.Process = process;
  // First, as the deadlines of a scrape are resources themselves.
  countActive(registry, 'resources', 'resources that keep the event loop alive', () =>
    process.getActiveResourcesInfo(),
  );
  countActive(registry, 'handles', 'handles of libuv', () => handles?.().map(classOf));
  countActive(registry, 'requests', 'requests of libuv', () => requests?.().map(classOf));
}

/** The types of what is active, once for each; `undefined` for one that has none, and for all where Node does not tell. */
type Active = readonly (string | undefined)[] | undefined;

function countActive(
  registry: MetricsRegistry,
  noun: string,
  what: string,
  take: () => Active,
): void {
  const active = new SharedReading(take);
  const byType = registry.exported(
    'gauge',
    {
      name: `nodejs_active_${noun}`,
      help: `Active ${what}, by type.`,
      labelNames: ['type'],
      collect: () => {
        byType.reset();
        for (const type of active.read() ?? []) if (type !== undefined) byType.inc({ type });
      },
    },
    SHADOWS,
  );
  readingGauge(
    registry,
    { name: `nodejs_active_${noun}_total`, help: `Active ${what}, in all.` },
    active,
    (types) => types?.length,
  );
}

function classOf(value: unknown): string | undefined {
  return (value as object | null | undefined)?.constructor?.name;
}
