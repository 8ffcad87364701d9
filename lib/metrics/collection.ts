import { nextTurn, within, type Clock } from '../clock.js';
import { SingleFlight } from '../single-flight.js';
import { BUDGET_MS } from './exposition-parts.js';
import { readMetric, readRegistry, type ForeignRegistry } from './foreign-metric.js';
import type { OwnMetric } from './own-metric.js';
import type { PromClient, PromMetric, PromMetricData } from './prom-client.js';
import type { ScrapeGuard } from './scrape-guard.js';
import type { Series } from './series-table.js';

/** How long one metric may take to bring itself up to date, in milliseconds: half of a scrape's default patience. */
const COLLECT_TIMEOUT_MS = 5_000;

/** Where the metrics of a scrape are. */
export interface CollectionSources {
  readonly client: PromClient;
  /** The metrics of the application's registry, by name. */
  readonly metrics: ReadonlyMap<string, OwnMetric<Series>>;
}

/** A metric of others that has told what it knows. */
export interface ForeignMetric {
  readonly name: string;
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

/** A metric and its name, which is read once. */
interface Named<M> {
  readonly name: string;
  readonly metric: M;
}

/** What metrics will have told; `undefined` for one that fails or hangs. */
type Answers<T> = readonly Promise<T | undefined>[];

/** Brings all metrics up to date for a scrape. Each is asked once at a time, and all together are waited for as for one. */
export class Collection {
  readonly #shadowed = new Set<string>();
  readonly #pending = new Set<object>();
  readonly #collecting = new SingleFlight<Collected>();

  constructor(
    private readonly sources: CollectionSources,
    private readonly guard: ScrapeGuard,
    private readonly clock: Clock,
  ) {}

  /** Whether metrics are being asked, so that who comes now joins. */
  get isUnderWay(): boolean {
    return this.#collecting.has('');
  }

  /** Asks all metrics, or joins who does. */
  collect(): Promise<Collected> {
    return this.#collecting.join('', () => this.#collectAll());
  }

  async #collectAll(): Promise<Collected> {
    const ours = [...this.sources.metrics.values()];
    const theirs = this.#unshadowed();
    // All are asked before any is waited for: where several hang, a scrape waits no longer than for one.
    const collecting = await this.#askEach(
      ours
        .filter(({ collect }) => collect !== undefined)
        .map((metric) => ({ name: metric.metricName, metric })),
      bringUpToDate,
    );
    const reading = await this.#askForeign(theirs);
    const upToDate = new Set(await Promise.all(collecting));
    return {
      ours: ours.filter((metric) => metric.collect === undefined || upToDate.has(metric)),
      foreign: (await Promise.all(reading)).filter((metric) => metric !== undefined),
      names: new Set([...this.sources.metrics.keys(), ...theirs.map(({ name }) => name)]),
    };
  }

  async #askForeign(metrics: readonly Named<PromMetric>[]): Promise<Answers<ForeignMetric>> {
    if (metrics.length === 0) return [];
    const { register: registry } = this.sources.client;
    const read = await this.guard.attempt(
      "Default labels of prom-client's default registry",
      'are left out of the scrape',
      () => readRegistry(registry),
    );
    const from = read ?? { registry, defaultLabels: new Map<string, string>() };
    return this.#askEach(metrics, async ({ name, metric }) => ({
      name,
      from,
      data: await readMetric(metric),
    }));
  }

  /** Asks one after the other, as what each does at once holds the event loop; waits for none. */
  async #askEach<M extends object, T>(
    metrics: readonly Named<M>[],
    ask: (metric: Named<M>) => Promise<T>,
  ): Promise<Answers<T>> {
    const answers: Promise<T | undefined>[] = [];
    let sinceMs = this.clock.nowMs();
    for (const metric of metrics) {
      if (this.clock.nowMs() - sinceMs >= BUDGET_MS) {
        await new Promise<void>(nextTurn);
        sinceMs = this.clock.nowMs();
      }
      answers.push(this.#ask(metric, () => ask(metric)));
    }
    return answers;
  }

  /** What a metric says of itself. One that still hangs is not asked, and not waited for. */
  #ask<T>({ name, metric }: Named<object>, ask: () => Promise<T>): Promise<T | undefined> {
    return this.guard.attempt(`Metric "${name}"`, 'is left out of the scrape', async () => {
      if (this.#pending.has(metric)) throw new Error('it still hangs since an earlier scrape');
      // First, as a collector may ask for a scrape itself.
      this.#pending.add(metric);
      const answer = ask().finally(() => this.#pending.delete(metric));
      return within(this.clock, COLLECT_TIMEOUT_MS, answer, (): never => {
        throw new Error(`no answer within ${COLLECT_TIMEOUT_MS} ms`);
      });
    });
  }

  /** The metrics of the default registry that have no namesake of ours. */
  #unshadowed(): readonly Named<PromMetric>[] {
    const { client, metrics: ours } = this.sources;
    const all = client.register
      .getMetricsAsArray()
      .map((metric) => ({ name: nameOf(metric), metric }));
    const shadowed = all.filter(({ name }) => ours.has(name)).map(({ name }) => name);
    const news = shadowed.filter((name) => !this.#shadowed.has(name));
    if (news.length > 0) {
      for (const name of news) this.#shadowed.add(name);
      const names = news.join('", "');
      this.guard.warnOnce(
        `shadowed: ${names}`,
        `In prom-client's default registry too, and shown as MetricsRegistry has them: "${names}"`,
      );
    }
    return all.filter(({ name }) => !ours.has(name));
  }
}

async function bringUpToDate<M extends OwnMetric<Series>>({ metric }: Named<M>): Promise<M> {
  await metric.collect?.();
  return metric;
}

/** Whatever anybody has put into the registry. */
function nameOf(metric: PromMetric): string {
  try {
    const name: unknown = metric.name;
    if (typeof name === 'string') return name;
  } catch {}
  return '(without a name)';
}
