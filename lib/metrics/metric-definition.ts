import { showValue } from '../show-value.js';
import type { MetricConfiguration, MetricType } from './metrics.types.js';

/** What makes two requests for a metric the same metric. Help texts may differ. */
export interface MetricDefinition {
  readonly type: MetricType;
  readonly name: string;
  readonly labelNames: readonly string[];
  /** Buckets of a histogram, percentiles of a summary; `undefined` for prom-client's own. */
  readonly bounds: readonly number[] | undefined;
}

/** A configuration of any type of metric. */
export interface AnyConfiguration extends MetricConfiguration<string, never> {
  readonly buckets?: readonly number[] | undefined;
  readonly percentiles?: readonly number[] | undefined;
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Reads what is asked for. With metrics off too, so that a mistake shows before they are switched on.
 *
 * @throws TypeError that names the metric, the value and what is accepted.
 */
export function defineMetric(type: MetricType, configuration: AnyConfiguration): MetricDefinition {
  const { name, help, labelNames = [], buckets, percentiles } = configuration;
  const refuse = (what: string, value: unknown, accepted: string): never => {
    throw new TypeError(
      `Metric ${showValue(name)}: ${what} is ${showValue(value)}; accepted is ${accepted}.`,
    );
  };
  if (typeof name !== 'string' || !METRIC_NAME.test(name)) {
    refuse('its name', name, 'letters, digits, "_" and ":", not starting with a digit');
  }
  if (typeof help !== 'string' || help === '') refuse('its help', help, 'a text that is not empty');
  if (!Array.isArray(labelNames)) refuse('labelNames', labelNames, 'an array of label names');
  for (const label of labelNames) {
    if (typeof label !== 'string' || !LABEL_NAME.test(label)) {
      refuse(
        'a label name',
        label,
        'letters, digits and "_", starting with neither a digit nor "__"',
      );
    }
  }
  const bounds = type === 'histogram' ? buckets : type === 'summary' ? percentiles : undefined;
  return { type, name, labelNames: [...labelNames], bounds: bounds && [...bounds] };
}

/** Says whether two requests mean one metric: same type, same labels in the same order, same bounds. */
export function isSameMetric(one: MetricDefinition, other: MetricDefinition): boolean {
  return describeMetric(one) === describeMetric(other);
}

/** A definition in words: `histogram(method, status) with 0.1, 1`. */
export function describeMetric({ type, labelNames, bounds }: MetricDefinition): string {
  return `${type}(${labelNames.join(', ')})${bounds ? ` with ${bounds.join(', ')}` : ''}`;
}
