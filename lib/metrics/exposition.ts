import { Logger } from '@nestjs/common';
import { nextTurn, systemClock, within, type Clock } from '../clock.js';
import type { Faults } from '../faults.js';
import { errorText } from '../show-value.js';
import { SingleFlight } from '../single-flight.js';
import { tell } from '../tell.js';
import { BUDGET_MS, ExpositionParts } from './exposition-parts.js';
import {
  countSeries,
  foreignLines,
  readMetric,
  readRegistry,
  type ForeignRegistry,
} from './foreign-metric.js';
import { sampleNames } from './metric-definition.js';
import type { ExpositionFormat } from './metrics.types.js';
import type { OwnMetric } from './own-metric.js';
import type { PromClient, PromMetric, PromMetricData, PromRegistry } from './prom-client.js';
import { headerText } from './sample-text.js';
import type { Series } from './series-table.js';

/** How long one metric may take to bring itself up to date, in milliseconds: half of a scrape's default patience. */
const COLLECT_TIMEOUT_MS = 5_000;

/** What an exposition is made of. */
export interface ExpositionSources {
  readonly client: PromClient;
  /** The application's registry. */
  readonly registry: PromRegistry;
  /** The metrics of ours in it, by name. */
  readonly metrics: ReadonlyMap<string, OwnMetric<Series>>;
  readonly faults: Faults;
  readonly maxSeries: number;
  /** Whether metrics of ours are written by the registry and not by us. */
  readonly stock: boolean;
}

/** Metrics of others that have told what they know. */
interface ForeignMetric {
  readonly from: ForeignRegistry;
  readonly data: PromMetricData;
}

/** What metrics will have told; `undefined` for one that fails or hangs. */
type Asked<T> = readonly Promise<T | undefined>[];

/** All metrics of a scrape, up to date. */
interface Collected {
  readonly ours: readonly OwnMetric<Series>[];
  readonly foreign: readonly ForeignMetric[];
  readonly names: ReadonlySet<string>;
}

/**
 * Writes all metrics of one application: ours, then what else is in its registry, then those of prom-client's default
 * registry. A metric that fails or hangs costs only itself, and none of it holds the event loop for long.
 */
export class Exposition {
  readonly #logger = new Logger('Observability');
  readonly #warned = new Set<string>();
  readonly #asked = new Set<object>();
  readonly #reading = new SingleFlight<Collected>();
  readonly #writing = new SingleFlight<readonly Uint8Array[]>();

  constructor(
    private readonly sources: ExpositionSources,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Writes all metrics, or joins who does. Never rejects. */
  write(format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    return this.#writing.join(format, () => this.#writeAll(format));
  }

  async #writeAll(format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    // Scrapes in other formats ask no metric that is being asked.
    const { ours, foreign, names } = await this.#reading.join('', () => this.#readEverything());
    const isTaken = (family: string): boolean => names.has(family);
    const out = new ExpositionParts(this.clock);
    for (const metric of ours) {
      await this.#guard(metric, () => this.#writeOurs(out, metric, format, isTaken));
    }
    const samples = new Set([...this.sources.metrics.values()].flatMap(sampleNames));
    for (const { data, from } of foreign) {
      if (this.#clashes(data, samples)) continue;
      await this.#guard(data, () =>
        this.#writeForeign(out, data, foreignLines(data, from, format, isTaken)),
      );
    }
    if (format === 'openmetrics') out.write('# EOF\n');
    return out.end();
  }

  async #readEverything(): Promise<Collected> {
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

  async #writeOurs(
    out: ExpositionParts,
    metric: OwnMetric<Series>,
    format: ExpositionFormat,
    isTaken: (family: string) => boolean,
  ): Promise<void> {
    if (this.sources.stock && format === 'prometheus') {
      out.write(`${await this.#stockText(metric)}\n`);
      return;
    }
    const { metricName: name, help, type } = metric;
    out.write(headerText({ name, help, type }, format, isTaken));
    for (const series of metric.series()) {
      // Removed while others had the event loop.
      if (series.index < 0) continue;
      const text = metric.text(series, format);
      if (out.write(typeof text === 'string' ? text : await text)) await out.pause();
    }
  }

  /** As the registry writes it; the metric is up to date. */
  #stockText(metric: OwnMetric<Series>): Promise<string> {
    return this.sources.registry.getMetricsAsString({ get: () => metric.data() });
  }

  async #writeForeign(
    out: ExpositionParts,
    data: PromMetricData,
    lines: Iterable<string>,
  ): Promise<void> {
    this.#watchSize(data);
    for (const line of lines) {
      if (out.write(line)) await out.pause();
    }
  }

  async #askForeign(
    registry: PromRegistry,
    metrics: readonly PromMetric[],
  ): Promise<Asked<ForeignMetric>> {
    if (metrics.length === 0) return [];
    const from = (await this.#guard({ name: 'default labels' }, () => readRegistry(registry))) ?? {
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
    return this.#guard(metric, async () => {
      if (this.#asked.has(metric)) throw new Error('it still hangs since an earlier scrape');
      // First, as a collector may ask for a scrape itself.
      this.#asked.add(metric);
      const asked = ask().finally(() => this.#asked.delete(metric));
      return within(this.clock, COLLECT_TIMEOUT_MS, asked, (): never => {
        throw new Error(`no answer within ${COLLECT_TIMEOUT_MS} ms`);
      });
    });
  }

  /** What goes wrong with one metric costs no other; of this one, what has been written stays. */
  async #guard<T>(
    { name }: { readonly name: string },
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.sources.faults.count('collector');
      const why = errorText(error);
      this.#warnOnce(`${name} failed`, `Metric "${name}" is left out of the scrape: ${why}`);
      return undefined;
    }
  }

  #unshadowed(metrics: readonly PromMetric[]): PromMetric[] {
    const { registry, metrics: ours } = this.sources;
    const shadowed = metrics
      .map(({ name }) => name)
      .filter((name) => ours.has(name) || registry.getSingleMetric(name) !== undefined);
    const news = shadowed.filter((name) => !this.#warned.has(name));
    if (news.length > 0) {
      for (const name of news) this.#warned.add(name);
      this.#warn(
        `In prom-client's default registry too, and shown as MetricsRegistry has them: "${news.join('", "')}"`,
      );
    }
    return metrics.filter(({ name }) => !shadowed.includes(name));
  }

  /** Two metrics may share the names of samples without having one name: a histogram `a` and a counter `a_count`. */
  #clashes(data: PromMetricData, samples: ReadonlySet<string>): boolean {
    const shared = sampleNames(data).find((name) => samples.has(name));
    if (shared === undefined) return false;
    this.#warnOnce(
      `${data.name} clashes`,
      `Metric "${data.name}", which was made with prom-client, is left out of scrapes: a metric of MetricsRegistry ` +
        `writes samples called "${shared}" too. Give one of them another name`,
    );
    return true;
  }

  #watchSize(data: PromMetricData): void {
    const { maxSeries } = this.sources;
    const series = countSeries(data);
    if (series <= maxSeries) return;
    this.#warnOnce(
      `${data.name} size`,
      `Metric "${data.name}", which was made with prom-client, has ${series} label sets, more than ${maxSeries} ` +
        '(metrics.maxSeriesPerMetric), and nothing bounds it. Make it with MetricsRegistry, or give its labels fewer values',
    );
  }

  #warnOnce(key: string, message: string): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#warn(message);
  }

  #warn(message: string): void {
    tell((text) => this.#logger.warn(text), message);
  }
}

async function bringUpToDate<M extends OwnMetric<Series>>(metric: M): Promise<M> {
  await metric.collect?.();
  return metric;
}
