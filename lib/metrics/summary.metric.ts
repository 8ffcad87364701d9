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
  observations: number;
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
    for (const series of this.table.all()) {
      // Removed while others had the event loop.
      if (series.index < 0) continue;
      const labels = this.writtenLabels(series);
      out.write(this.#text(await this.#lines(series), labels, format));
      // Each may take long by itself.
      if (out.isLate()) await out.pause();
    }
  }

  protected override make(text: string, branch: Branch | undefined): SummarySeries {
    return {
      index: -1,
      text,
      branch,
      written: undefined,
      digest: this.#newDigest(),
      observations: 0,
    };
  }

  protected override writeLabels(values: readonly string[]): string {
    return this.labelsText('', values, '');
  }

  protected override record(series: SummarySeries, value: number): void {
    series.digest.observe(value);
    series.observations += 1;
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
    const { observations } = series;
    const { values } = await series.digest.get();
    const isOver = values.length === 0 && series.observations === observations;
    if (isOver && this.#forgets) this.table.delete(series);
    return values;
  }
}
