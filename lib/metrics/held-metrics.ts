import {
  describeMetric,
  isSameMetric,
  sampleNames,
  type MetricDefinition,
} from './metric-definition.js';
import type { MetricType, MetricTypes } from './metrics.types.js';

/** A metric, and what it was asked for as. */
export interface HeldMetric {
  readonly definition: MetricDefinition;
  readonly metric: MetricTypes[MetricType];
  /** Whether the module itself exports it: then it stands aside for one of the application's. */
  readonly isExported: boolean;
}

/** Which metric of a registry holds a name, and which one writes samples of a name. */
export class HeldMetrics {
  readonly #byName = new Map<string, HeldMetric>();
  readonly #bySample = new Map<string, HeldMetric>();

  /** The metric of a name. */
  get(name: string): HeldMetric | undefined {
    return this.#byName.get(name);
  }

  /** Whether a metric writes samples of a name. */
  writes(sample: string): boolean {
    return this.#bySample.has(sample);
  }

  /** Adds a metric that has no rivals. */
  add(held: HeldMetric): void {
    this.#byName.set(held.definition.name, held);
    for (const sample of sampleNames(held.definition)) this.#bySample.set(sample, held);
  }

  /** Forgets a metric, so that its names are free. */
  drop({ definition }: HeldMetric): void {
    this.#byName.delete(definition.name);
    for (const sample of sampleNames(definition)) this.#bySample.delete(sample);
  }

  /** Those that write samples which a metric of this definition would write too. */
  rivalsOf(definition: MetricDefinition): readonly HeldMetric[] {
    const writers = sampleNames(definition).map((sample) => this.#bySample.get(sample));
    return [...new Set(writers.filter((held) => held !== undefined))];
  }

  /** Why the application cannot have such a metric, in a sentence; `undefined` where it can, or has it. */
  clashOf(definition: MetricDefinition): string | undefined {
    const { name, type } = definition;
    const held = this.#theirs(this.#byName, name);
    if (held !== undefined) {
      if (isSameMetric(held, definition)) return undefined;
      return (
        `Metric "${name}" exists as ${describeMetric(held)} and is asked for as ` +
        `${describeMetric(definition)}: give one of them another name, or make them the same.`
      );
    }
    for (const sample of sampleNames(definition)) {
      const other = this.#theirs(this.#bySample, sample);
      if (other === undefined) continue;
      return (
        `Metric "${name}", a ${type}, and metric "${other.name}", a ${other.type}, ` +
        `would both write samples called "${sample}": give one of them another name.`
      );
    }
    return undefined;
  }

  /** Those of the module are never in the way of the application. */
  #theirs(held: ReadonlyMap<string, HeldMetric>, name: string): MetricDefinition | undefined {
    const found = held.get(name);
    return found?.isExported === false ? found.definition : undefined;
  }
}
