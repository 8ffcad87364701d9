import { DistributionMetric } from './distribution-metric.js';
import type { ExpositionFormat, Summary, SummaryConfiguration } from './metrics.types.js';
import type { MetricSetup } from './own-metric.js';
import type { PromSample, PromSummary } from './prom-client.js';
import { boundText, numberText, sampleHead } from './sample-text.js';
import type { Series } from './series-table.js';

/** The percentiles are those of a summary of `prom-client` without labels. */
interface SummarySeries extends Series {
  readonly digest: PromSummary;
  readonly labels: string;
  readonly values: readonly string[];
}

/** A summary. */
export class SummaryMetric extends DistributionMetric<SummarySeries> implements Summary {
  readonly #newDigest: () => PromSummary;
  readonly #forgets: boolean;

  constructor(setup: MetricSetup) {
    super(setup);
    const { Summary } = setup.client;
    const { percentiles, maxAgeSeconds, ageBuckets, pruneAgedBuckets, compressCount } =
      setup.configuration as SummaryConfiguration;
    const given = { percentiles, maxAgeSeconds, ageBuckets, pruneAgedBuckets, compressCount };
    const known = Object.entries(given).filter(([, value]) => value !== undefined);
    const { name, help } = this;
    this.#newDigest = () =>
      new Summary({ ...Object.fromEntries(known), name, help, registers: [] });
    this.#forgets = pruneAgedBuckets === true;
    this.showAtOnce();
  }

  override reset(): void {
    for (const { digest } of this.table.all()) digest.reset();
  }

  override async text(series: SummarySeries, format: ExpositionFormat): Promise<string> {
    let text = '';
    for (const { metricName = this.metricName, labels = {}, value } of await this.#lines(series)) {
      const { quantile } = labels;
      const own =
        quantile === undefined ? [] : [`quantile="${boundText(Number(quantile), format)}"`];
      const all = series.labels === '' ? own : [...own, series.labels];
      text += `${sampleHead(metricName, all)}${numberText(value)}\n`;
    }
    return text;
  }

  protected override make(values: readonly string[]): SummarySeries {
    return {
      index: -1,
      digest: this.#newDigest(),
      labels: this.labelsText('', values, ''),
      values,
    };
  }

  protected override record({ digest }: SummarySeries, value: number): void {
    digest.observe(value);
  }

  protected override async samples(
    series: SummarySeries,
    labels: Record<string, string>,
  ): Promise<PromSample[]> {
    const lines = await this.#lines(series);
    return lines.map((line) => ({ ...line, labels: { ...line.labels, ...labels } }));
  }

  async #lines(series: SummarySeries): Promise<readonly PromSample[]> {
    const { values } = await series.digest.get();
    if (values.length === 0 && this.#forgets) this.table.remove(series.values);
    return values;
  }
}
