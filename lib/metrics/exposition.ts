import { systemClock, type Clock } from '../clock.js';
import type { Faults } from '../faults.js';
import { SingleFlight } from '../single-flight.js';
import { Collection, type Collected, type CollectionSources } from './collection.js';
import { ExpositionParts } from './exposition-parts.js';
import { countSeries, foreignLines } from './foreign-metric.js';
import { sampleNames } from './metric-definition.js';
import type { ExpositionFormat } from './metrics.types.js';
import type { OwnMetric } from './own-metric.js';
import type { PromMetricData, PromRegistry } from './prom-client.js';
import { headerText } from './sample-text.js';
import { ScrapeGuard } from './scrape-guard.js';
import type { Series } from './series-table.js';

/** What an exposition is made of. */
export interface ExpositionSources extends CollectionSources {
  /** The application's registry. */
  readonly registry: PromRegistry;
  /** Whether a metric of ours writes samples of a name. */
  readonly writes: (sample: string) => boolean;
  readonly faults: Faults;
  readonly maxSeries: number;
  /** Whether metrics of ours are written by the registry and not by us. */
  readonly stock: boolean;
}

const CUT_SHORT = 'is cut short in the scrape';

/**
 * Writes all metrics of one application: ours, then those of prom-client's default registry. A metric that fails or hangs
 * costs only itself, and none of it holds the event loop for long.
 */
export class Exposition {
  readonly #guard: ScrapeGuard;
  readonly #collection: Collection;
  readonly #writing = new SingleFlight<readonly Uint8Array[]>();
  readonly #beingWritten = new Set<Promise<unknown>>();
  /** Kept from scrape to scrape: V8 forgets how to be fast with what there is none of when it cleans up. */
  readonly #outs: Readonly<Record<ExpositionFormat, ExpositionParts>>;

  constructor(
    private readonly sources: ExpositionSources,
    clock: Clock = systemClock,
  ) {
    this.#guard = new ScrapeGuard(sources.faults);
    this.#collection = new Collection(sources, this.#guard, clock);
    this.#outs = {
      prometheus: new ExpositionParts(clock),
      openmetrics: new ExpositionParts(clock),
    };
  }

  /** Writes all metrics, or joins who does. Never rejects. */
  write(format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    return this.#writing.join(format, () => this.#writeAll(format));
  }

  async #writeAll(format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    // A collector may empty its metric first, which another scrape would then not find while it writes.
    while (this.#beingWritten.size > 0 && !this.#collection.isUnderWay) {
      await Promise.all(this.#beingWritten);
    }
    const writing = this.#collection
      .collect()
      .then((collected) => this.#writeCollected(collected, format));
    this.#beingWritten.add(writing);
    return writing.finally(() => this.#beingWritten.delete(writing));
  }

  async #writeCollected(
    { ours, foreign, names }: Collected,
    format: ExpositionFormat,
  ): Promise<readonly Uint8Array[]> {
    const isTaken = (family: string): boolean => names.has(family);
    const out = this.#outs[format];
    out.begin();
    for (const metric of ours) {
      await this.#guard.attempt(`Metric "${metric.metricName}"`, CUT_SHORT, () =>
        this.#writeOurs(out, metric, format, isTaken),
      );
      if (out.isLate()) await out.pause();
    }
    const written = new Set<string>();
    for (const { name, data, from } of foreign) {
      await this.#guard.attempt(`Metric "${name}"`, CUT_SHORT, async () => {
        if (this.#clashes(data, written)) return;
        this.#watchSize(data);
        await out.writeLines(foreignLines(data, from, format, isTaken));
      });
      if (out.isLate()) await out.pause();
    }
    if (format === 'openmetrics') out.write('# EOF\n');
    return out.end();
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
    await metric.write(out, format);
  }

  /** As the registry writes it; the metric is up to date. */
  #stockText(metric: OwnMetric<Series>): Promise<string> {
    return this.sources.registry.getMetricsAsString({ get: () => metric.data() });
  }

  /** Two metrics may share the names of samples without having one name: a histogram `a` and a counter `a_count`. */
  #clashes(data: PromMetricData, written: Set<string>): boolean {
    const samples = sampleNames(data);
    const shared = samples.find((name) => this.sources.writes(name) || written.has(name));
    if (shared === undefined) {
      for (const name of samples) written.add(name);
      return false;
    }
    this.#guard.warnOnce(
      `${data.name} clashes`,
      `Metric "${data.name}", which was made with prom-client, is left out of scrapes: another metric writes ` +
        `samples called "${shared}" too. Give one of them another name`,
    );
    return true;
  }

  #watchSize(data: PromMetricData): void {
    const { maxSeries } = this.sources;
    const series = countSeries(data);
    if (series <= maxSeries) return;
    this.#guard.warnOnce(
      `${data.name} size`,
      `Metric "${data.name}", which was made with prom-client, has ${series} label sets, more than ${maxSeries} ` +
        '(metrics.maxSeriesPerMetric), and nothing bounds it. Make it with MetricsRegistry, or give its labels fewer values',
    );
  }
}
