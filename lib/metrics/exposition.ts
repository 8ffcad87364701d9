import { Logger } from '@nestjs/common';
import { systemClock, within, type Clock } from '../clock.js';
import { errorText } from '../show-value.js';
import type { PromClient, PromRegistry } from './prom-client.js';

/** How long one metric may take to bring itself up to date, in milliseconds: half of a scrape's default patience. */
const COLLECT_TIMEOUT_MS = 5_000;

/**
 * The metrics of one application in the Prometheus text format: those of its own registry, then those of prom-client's
 * default registry. A metric that fails or hangs costs only itself.
 */
export class Exposition {
  /** The application's own registry. */
  readonly own: PromRegistry;

  readonly #logger = new Logger('Observability');
  readonly #warned = new Set<string>();
  readonly #rendering = new Map<string, Promise<string>>();

  constructor(
    readonly client: PromClient,
    private readonly clock: Clock = systemClock,
  ) {
    this.own = new client.Registry();
  }

  /** Renders all metrics. Never rejects. */
  async render(): Promise<string> {
    const { own, client } = this;
    const foreign = namesIn(client.register).filter((name) => !this.#isShadowed(name));
    const parts = await Promise.all([
      ...namesIn(own).map((name) => this.#renderInTime(own, name)),
      ...foreign.map((name) => this.#renderInTime(client.register, name)),
    ]);
    return parts.map((part) => (part === '' ? '' : `${part}\n`)).join('');
  }

  #isShadowed(name: string): boolean {
    if (this.own.getSingleMetric(name) === undefined) return false;
    this.#warnOnce(
      name,
      `Metric "${name}" is in prom-client's default registry too: the one of MetricsRegistry is shown`,
    );
    return true;
  }

  async #renderInTime(registry: PromRegistry, name: string): Promise<string> {
    try {
      return await within(
        this.clock,
        COLLECT_TIMEOUT_MS,
        this.#renderOne(registry, name),
        (): never => {
          throw new Error(`no answer within ${COLLECT_TIMEOUT_MS} ms`);
        },
      );
    } catch (error) {
      const why = errorText(error);
      this.#warnOnce(`${name} failed`, `Metric "${name}" is left out of the scrape: ${why}`);
      return '';
    }
  }

  /** Scrapes at the same time share one rendering, and none is started while an earlier one hangs. */
  #renderOne(registry: PromRegistry, name: string): Promise<string> {
    const running = this.#rendering.get(name);
    if (running !== undefined) return running;
    const rendering = registry
      .getSingleMetricAsString(name)
      .finally(() => this.#rendering.delete(name));
    this.#rendering.set(name, rendering);
    return rendering;
  }

  #warnOnce(key: string, message: string): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#logger.warn(message);
  }
}

function namesIn(registry: PromRegistry): string[] {
  return registry.getMetricsAsArray().map((metric) => metric.name);
}
