import { DistributionMetric } from './distribution-metric.js';
import type { ExpositionParts } from './exposition-parts.js';
import type { Branch } from './label-tree.js';
import type { ExpositionFormat, Summary, SummaryConfiguration } from './metrics.types.js';
import type { MetricSetup } from './own-metric.js';
import type { PromSample, PromSummary } from './prom-client.js';
import { boundText, numberText, sampleHead } from './sample-text.js';
import type { Series } from './series-table.js';

/** The percentiles are those of a summary of `prom-client` without labels. */
interface SummarySeries extends Series {
  readonly digest: PromSummary;
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

  override async write(out: ExpositionParts, format: ExpositionFormat): Promise<void> {
    for (const series of this.series()) {
      // Removed while others had the event loop.
      if (series.index < 0) continue;
      const lines = await this.#lines(series);
      if (out.write(this.#text(lines, this.writtenLabels(series), format))) await out.pause();
    }
  }

  protected override make(text: string, branch: Branch | undefined): SummarySeries {
    return { index: -1, text, branch, written: undefined, digest: this.#newDigest() };
  }

  protected override writeLabels(values: readonly string[]): string {
    return this.labelsText('', values, '');
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

  #text(lines: readonly PromSample[], shared: string, format: ExpositionFormat): string {
    let text = '';
    for (const { metricName = this.metricName, labels = {}, value } of lines) {
      const { quantile } = labels;
      const own =
        quantile === undefined ? [] : [`quantile="${boundText(Number(quantile), format)}"`];
      const all = shared === '' ? own : [...own, shared];
      text += `${sampleHead(metricName, all)}${numberText(value)}\n`;
    }
    return text;
  }

  async #lines(series: SummarySeries): Promise<readonly PromSample[]> {
    const { values } = await series.digest.get();
    if (values.length === 0 && this.#forgets) this.table.delete(series);
    return values;
  }
}
