import { CounterMetric } from './counter.metric.js';
import { GaugeMetric } from './gauge.metric.js';
import { HistogramMetric } from './histogram.metric.js';
import type { MetricType, MetricTypes } from './metrics.types.js';
import type { MetricSetup, OwnMetric } from './own-metric.js';
import type { PromClass, PromClient } from './prom-client.js';
import type { Series } from './series-table.js';
import { SummaryMetric } from './summary.metric.js';

/** A class of metrics of ours. */
type MetricClass = new (setup: MetricSetup) => OwnMetric<Series>;

const OURS = {
  counter: CounterMetric,
  gauge: GaugeMetric,
  histogram: HistogramMetric,
  summary: SummaryMetric,
} as const;

/** A metric of ours of some type. */
export type OursOfType<Type extends MetricType> = OwnMetric<Series> & MetricTypes[Type];

/** Makes a metric of ours. */
export type MetricMaker = <Type extends MetricType>(
  type: Type,
  setup: Omit<MetricSetup, 'client'>,
) => OursOfType<Type>;

/** Makes metrics of ours that are `instanceof` the classes of this `prom-client`. */
export function metricMaker(client: PromClient): MetricMaker {
  const { Counter, Gauge, Histogram, Summary } = client;
  const ancestors = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary };
  const made = new Map<MetricType, () => void>();
  return <Type extends MetricType>(type: Type, setup: Omit<MetricSetup, 'client'>) => {
    const Descendant = made.get(type) ?? descendantOf(ancestors[type], OURS[type]);
    made.set(type, Descendant);
    return Reflect.construct(OURS[type], [{ ...setup, client }], Descendant) as OursOfType<Type>;
  };
}

/**
 * What to construct a class of ours as, so that its instances have a class of `prom-client` as their ancestor. The
 * constructor of that one is never called: it would put storage and functions of its own on each instance.
 */
function descendantOf(Ancestor: PromClass, Own: MetricClass): () => void {
  const prototype = Object.create(Ancestor.prototype) as object;
  for (const ancestor of lineage(Own.prototype as object)) {
    Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(ancestor));
  }
  return Object.assign(function Descendant() {}, { prototype });
}

/** A prototype and those above it, the highest first. */
function lineage(prototype: object): object[] {
  const above = Object.getPrototypeOf(prototype) as object;
  return above === Object.prototype ? [prototype] : [...lineage(above), prototype];
}
