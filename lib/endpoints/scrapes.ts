import type { IncomingMessage } from 'node:http';
import type { MetricsRegistry } from '../metrics/metrics.registry.js';
import type { ExpositionFormat } from '../metrics/metrics.types.js';
import { SingleFlight } from '../single-flight.js';
import { metricsAnswer, type Answer } from './answers.js';
import { gzip } from './gzip.js';
import { expositionFormat, prefersGzip } from './scrape-preference.js';

/** Answers scrapes, each in the format and the encoding that it asks for; those at the same time share the work. */
export class Scrapes {
  readonly #compressing = new SingleFlight<readonly Uint8Array[]>();

  constructor(private readonly registry: MetricsRegistry) {}

  /** What is said to a scrape. */
  async answer({ headers }: IncomingMessage): Promise<Answer> {
    // Off there is only a comment, which OpenMetrics does not know, and which gzip would make longer.
    if (!this.registry.enabled) {
      return metricsAnswer('prometheus', await this.registry.render('prometheus'));
    }
    const format = expositionFormat(headers.accept);
    return prefersGzip(headers['accept-encoding'])
      ? metricsAnswer(format, await this.#compressed(format), 'gzip')
      : metricsAnswer(format, await this.registry.render(format));
  }

  #compressed(format: ExpositionFormat): Promise<readonly Uint8Array[]> {
    return this.#compressing.join(format, async () => gzip(await this.registry.render(format)));
  }
}
