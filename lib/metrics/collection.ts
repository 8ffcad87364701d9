import { nextTurn, within, type Clock } from '../clock.js';
import { SingleFlight } from '../single-flight.js';
import { BUDGET_MS } from './exposition-parts.js';
import { readMetric, readRegistry, type ForeignRegistry } from './foreign-metric.js';
import type { OwnMetric } from './own-metric.js';
import type { PromClient, PromMetric, PromMetricData, PromRegistry } from './prom-client.js';
import type { ScrapeGuard } from './scrape-guard.js';
import type { Series } from './series-table.js';

/** How long one metric may take to bring itself up to date, in milliseconds: half of a scrape's default patience. */
const COLLECT_TIMEOUT_MS = 5_000;

const LEFT_OUT = 'is left out of the scrape';

/** Where the metrics of a scrape are. */
export interface CollectionSources {
  readonly client: PromClient;
  /** The application's registry. */
  readonly registry: PromRegistry;
  /** The metrics of ours in it, by name. */
  readonly metrics: ReadonlyMap<string, OwnMetric<Series>>;
}

/** A metric of others that has told what it knows. */
export interface ForeignMetric {
  readonly from: ForeignRegistry;
  readonly data: PromMetricData;
}

/** All metrics of a scrape, up to date; those that fail or hang are left out. */
export interface Collected {
  readonly ours: readonly OwnMetric<Series>[];
  readonly foreign: readonly ForeignMetric[];
  /** Of all, those that are left out too. */
  readonly names: ReadonlySet<string>;
}

/** What metrics will have told; `undefined` for one that fails or hangs. */
type Asked<T> = readonly Promise<T | undefined>[];

/** Brings all metrics up to date for a scrape: each is asked once at a time, and no longer waited for than for one. */
export class Collection {
  readonly #shadowed = new Set<string>();
  readonly #asked = new Set<object>();
  readonly #collecting = new SingleFlight<Collected>();

  constructor(
    private readonly sources: CollectionSources,
    private readonly guard: ScrapeGuard,
    private readonly clock: Clock,
  ) {}

  /** Asks all metrics, or joins who does. */
  collect(): Promise<Collected> {
    return this.#collecting.join('', () => this.#collectAll());
  }

  async #collectAll(): Promise<Collected> {
    const { metrics, registry, client } = this.sources;
    // By identity: a registry in OpenMetrics takes the ending off the names of the counters that it holds.
    const own = new Set<object>(metrics.values());
    const others = registry.getMetricsAsArray().filter((metric) => !own.has(metric));
    const theirs = this.#unshadowed(client.register.getMetricsAsArray());
    const names = new Set([...metrics.keys(), ...[...others, ...theirs].map(({ name }) => name)]);

    const all = [...metrics.values()];
    // All are asked before any is waited for: where several hang, a scrape waits no longer than for one.
    const collecting = await this.#askEach(
      all.filter(({ collect }) => collect !== undefined),
      bringUpToDate,
    );
    const reading = [
      ...(await this.#askForeign(registry, others)),
      ...(await this.#askForeign(client.register, theirs)),
    ];
    const upToDate = new Set(await Promise.all(collecting));
    return {
      ours: all.filter((metric) => metric.collect === undefined || upToDate.has(metric)),
      foreign: (await Promise.all(reading)).filter((metric) => metric !== undefined),
      names,
    };
  }

  async #askForeign(
    registry: PromRegistry,
    metrics: readonly PromMetric[],
  ): Promise<Asked<ForeignMetric>> {
    if (metrics.length === 0) return [];
    const from = (await this.guard.guard({ name: 'default labels' }, LEFT_OUT, () =>
      readRegistry(registry),
    )) ?? {
      registry,
      defaultLabels: new Map<string, string>(),
    };
    return this.#askEach(metrics, async (metric) => ({ from, data: await readMetric(metric) }));
  }

  /** Asks one after the other, as what each does at once holds the event loop; waits for none. */
  async #askEach<M extends { readonly name: string }, T>(
    metrics: readonly M[],
    ask: (metric: M) => Promise<T>,
  ): Promise<Asked<T>> {
    const asked: Promise<T | undefined>[] = [];
    let sinceMs = this.clock.nowMs();
    for (const metric of metrics) {
      if (this.clock.nowMs() - sinceMs >= BUDGET_MS) {
        await new Promise<void>(nextTurn);
        sinceMs = this.clock.nowMs();
      }
      asked.push(this.#attempt(metric, () => ask(metric)));
    }
    return asked;
  }

  /** What a metric says of itself. One that still hangs is not asked, and not waited for. */
  #attempt<T>(metric: { readonly name: string }, ask: () => Promise<T>): Promise<T | undefined> {
    return this.guard.guard(metric, LEFT_OUT, async () => {
      if (this.#asked.has(metric)) throw new Error('it still hangs since an earlier scrape');
      // First, as a collector may ask for a scrape itself.
      this.#asked.add(metric);
      const asked = ask().finally(() => this.#asked.delete(metric));
      return within(this.clock, COLLECT_TIMEOUT_MS, asked, (): never => {
        throw new Error(`no answer within ${COLLECT_TIMEOUT_MS} ms`);
      });
    });
  }

  /** Those of the default registry that have no namesake in the application's. */
  #unshadowed(metrics: readonly PromMetric[]): PromMetric[] {
    const { registry, metrics: ours } = this.sources;
    const isShadowed = ({ name }: PromMetric): boolean =>
      ours.has(name) || registry.getSingleMetric(name) !== undefined;
    const shadowed = metrics.filter(isShadowed).map(({ name }) => name);
    const news = shadowed.filter((name) => !this.#shadowed.has(name));
    if (news.length > 0) {
      for (const name of news) this.#shadowed.add(name);
      const names = news.join('", "');
      this.guard.warnOnce(
        `shadowed: ${names}`,
        `In prom-client's default registry too, and shown as MetricsRegistry has them: "${names}"`,
      );
    }
    return metrics.filter((metric) => !isShadowed(metric));
  }
}

async function bringUpToDate<M extends OwnMetric<Series>>(metric: M): Promise<M> {
  await metric.collect?.();
  return metric;
}
