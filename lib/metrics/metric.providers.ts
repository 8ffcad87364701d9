import {
  Inject,
  type FactoryProvider,
  type InjectionToken,
  type OptionalFactoryDependency,
} from '@nestjs/common';
import { defineMetric } from './metric-definition.js';
import { MetricsRegistry } from './metrics.registry.js';
import type {
  Counter,
  CounterConfiguration,
  Gauge,
  GaugeConfiguration,
  Histogram,
  HistogramConfiguration,
  MetricType,
  MetricTypes,
  Summary,
  SummaryConfiguration,
} from './metrics.types.js';

/** A configuration whose `collect` is called with what `inject` names. */
type WithDependencies<Configuration, Metric> = Omit<Configuration, 'collect'> & {
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[] | undefined;
  readonly collect?: ((this: Metric, ...dependencies: never[]) => void | Promise<void>) | undefined;
};

/**
 * Injects a metric that one of the `make…Provider` functions provides, here or in `@willsoto/nestjs-prometheus`: the
 * tokens are the same.
 *
 * @example
 * constructor(@InjectMetric('orders_total') private readonly orders: Counter) {}
 */
export function InjectMetric(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(metricToken(name));
}

/** Provides a counter of the application's {@link MetricsRegistry} for {@link InjectMetric}. */
export function makeCounterProvider(
  configuration: WithDependencies<CounterConfiguration, Counter>,
): FactoryProvider<Counter> {
  return provide('counter', configuration);
}

/** Provides a gauge of the application's {@link MetricsRegistry} for {@link InjectMetric}. */
export function makeGaugeProvider(
  configuration: WithDependencies<GaugeConfiguration, Gauge>,
): FactoryProvider<Gauge> {
  return provide('gauge', configuration);
}

/** Provides a histogram of the application's {@link MetricsRegistry} for {@link InjectMetric}. */
export function makeHistogramProvider(
  configuration: WithDependencies<HistogramConfiguration, Histogram>,
): FactoryProvider<Histogram> {
  return provide('histogram', configuration);
}

/** Provides a summary of the application's {@link MetricsRegistry} for {@link InjectMetric}. */
export function makeSummaryProvider(
  configuration: WithDependencies<SummaryConfiguration, Summary>,
): FactoryProvider<Summary> {
  return provide('summary', configuration);
}

/** The token under which `@willsoto/nestjs-prometheus` provides a metric too. */
function metricToken(name: string): string {
  return `PROM_METRIC_${name.toUpperCase()}`;
}

function provide<Type extends MetricType>(
  type: Type,
  {
    inject = [],
    collect,
    ...configuration
  }: WithDependencies<CounterConfiguration, MetricTypes[Type]>,
): FactoryProvider<MetricTypes[Type]> {
  // A mistake shows where it is written.
  defineMetric(type, { ...configuration, collect });
  return {
    provide: metricToken(configuration.name),
    inject: [MetricsRegistry, ...inject],
    useFactory: (metrics: MetricsRegistry, ...dependencies: unknown[]) =>
      metrics.ofType(type, {
        ...configuration,
        ...(collect && {
          collect(this: MetricTypes[Type]) {
            return collect.apply(this, dependencies as never[]);
          },
        }),
      }),
  };
}
