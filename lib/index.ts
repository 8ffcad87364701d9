export type { AccessOption, DetailsOption } from './endpoints/endpoints.types.js';
export { HealthCheck } from './health/health-check.decorator.js';
export type { HealthCheckDecorator, HealthCheckName } from './health/health-check.decorator.js';
export type { HealthCheckOptions } from './health/health-check.options.js';
export { degraded, healthy, unhealthy } from './health/health.outcome.js';
export { HealthRegistry } from './health/health.registry.js';
export { HealthStatus } from './health/health.types.js';
export type {
  HealthCheckContext,
  HealthCheckFunction,
  HealthCheckHistory,
  HealthCheckResult,
  HealthCheckReturn,
  HealthOutcome,
  HealthProbe,
  HealthReport,
  HealthTransition,
  IndicatorResult,
} from './health/health.types.js';
export type { HealthTransitionListener } from './health/transition-listeners.js';
export { Counted } from './metrics/counted.decorator.js';
export type { CountedOptions } from './metrics/counted.decorator.js';
export type { MeasuredMethodDecorator, MeasuredMethodOptions } from './metrics/measured-method.js';
export {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
  makeSummaryProvider,
} from './metrics/metric.providers.js';
export { MetricsRegistry } from './metrics/metrics.registry.js';
export type {
  Counter,
  CounterChild,
  CounterConfiguration,
  Gauge,
  GaugeChild,
  GaugeConfiguration,
  Histogram,
  HistogramChild,
  HistogramConfiguration,
  LabelValues,
  Summary,
  SummaryChild,
  SummaryConfiguration,
} from './metrics/metrics.types.js';
export { Timed } from './metrics/timed.decorator.js';
export type { TimedOptions } from './metrics/timed.decorator.js';
export { ObservabilityModule } from './observability.module.js';
export type {
  ObservabilityModuleExtras,
  PipelineOption,
} from './observability.module-definition.js';
export type {
  AccessOptions,
  HealthOptions,
  HttpMetricsOptions,
  ManagementOptions,
  MetricsOptions,
  ObservabilityModuleOptions,
  ObservabilityOptionsFactory,
  RoutesOptions,
  SentryHealthOptions,
  SentryOptions,
  ToolsOptions,
} from './observability.options.js';
export { CaptureErrors } from './sentry/handlers/capture-errors.decorator.js';
export type {
  CaptureErrorsDecorator,
  CaptureErrorsOptions,
} from './sentry/handlers/capture-errors.decorator.js';
export type { CapturedEvent } from './sentry/recording/captured-event.js';
export { RecordingSentryService } from './sentry/recording/recording-sentry.service.js';
export { SentryService } from './sentry/sentry.service.js';
export type {
  CaptureHttpStatus,
  SentryBreadcrumb,
  SentryCaptureContext,
  SentryInitOptions,
  SentryLevel,
  SentryScope,
} from './sentry/sentry.types.js';
export { enableGracefulShutdown } from './shutdown/enable-graceful-shutdown.js';
export type { GracefulShutdownOptions } from './shutdown/enable-graceful-shutdown.js';
