import { DEFAULT_CACHE_MS, DEFAULT_TIMEOUT_MS } from './health/health-check.options.js';
import { HealthStatus } from './health/health.types.js';
import { LABEL_NAME } from './metrics/metric-definition.js';
import type { ResolvedOptions } from './observability.options.js';
import type { SentryDefaults } from './sentry/sentry.types.js';
import { SettingsReader } from './settings-reader.js';
import {
  boolean,
  cacheMs,
  detailsFor,
  dsnOrNone,
  labelValue,
  nonEmpty,
  noSuchLabel,
  sampleRate,
  statusCode,
  timeoutMs,
  toolUrl,
} from './settings-rules.js';

/**
 * Works out what holds: explicit options over environment variables over defaults.
 *
 * @throws TypeError that lists every bad setting with its name, its value (secrets masked) and what is accepted.
 */
export function resolveOptions(
  options: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): ResolvedOptions {
  const reader = new SettingsReader(environment);
  const root = readRoot(reader, options);
  const environmentName =
    reader.setting('environment', root['environment'], nonEmpty, 'ENVIRONMENT') ?? 'development';
  const resolved: ResolvedOptions = {
    environment: environmentName,
    health: readHealth(reader, root['health']),
    metrics: readMetrics(reader, root['metrics']),
    ...readSentry(reader, root['sentry'], environmentName),
    tools: readTools(reader, root['tools']),
  };
  reader.throwIfBad();
  return resolved;
}

function readRoot(reader: SettingsReader, options: unknown): Record<string, unknown> {
  if (typeof options === 'object' && options !== null && 'isGlobal' in options) {
    const { isGlobal: _misplaced, ...rest } = options;
    reader.problem('isGlobal belongs beside useFactory, useClass or useExisting, not inside');
    return readRoot(reader, rest);
  }
  // A factory that returns nothing has forgotten its return; forRoot() hands in {}.
  if (options === undefined) reader.refuse('what the options are', options, 'an object');
  return reader.section('', options, ['environment', 'health', 'metrics', 'sentry', 'tools']);
}

function readHealth(reader: SettingsReader, value: unknown): ResolvedOptions['health'] {
  const health = reader.section('health', value, [
    'timeoutMs',
    'cacheMs',
    'details',
    'statusCodes',
  ]);
  const codes = reader.section(
    'health.statusCodes',
    health['statusCodes'],
    Object.values(HealthStatus),
  );
  const code = (status: HealthStatus): number =>
    reader.setting(`health.statusCodes.${status}`, codes[status], statusCode) ?? 200;
  return {
    timeoutMs:
      reader.setting('health.timeoutMs', health['timeoutMs'], timeoutMs) ?? DEFAULT_TIMEOUT_MS,
    cacheMs: reader.setting('health.cacheMs', health['cacheMs'], cacheMs) ?? DEFAULT_CACHE_MS,
    details: reader.setting('health.details', health['details'], detailsFor) ?? 'always',
    statusCodes: {
      healthy: code(HealthStatus.HEALTHY),
      degraded: code(HealthStatus.DEGRADED),
      unhealthy: code(HealthStatus.UNHEALTHY),
    },
  };
}

function readMetrics(reader: SettingsReader, value: unknown): ResolvedOptions['metrics'] {
  const metrics = reader.section('metrics', value, ['enabled', 'defaultLabels']);
  const labels = reader.section('metrics.defaultLabels', metrics['defaultLabels']);
  const readLabels: Record<string, string> = {};
  for (const [label, text] of Object.entries(labels)) {
    const rule = LABEL_NAME.test(label) ? labelValue : noSuchLabel;
    const read = reader.setting(`metrics.defaultLabels.${label}`, text, rule);
    if (read !== undefined) readLabels[label] = read;
  }
  return {
    enabled:
      reader.setting('metrics.enabled', metrics['enabled'], boolean, 'ENABLE_METRICS') ?? false,
    defaultLabels: readLabels,
  };
}

function readSentry(
  reader: SettingsReader,
  value: unknown,
  environment: string,
): Pick<ResolvedOptions, 'sentry' | 'sentryDefaults'> {
  const sentry = reader.section('sentry', value);
  const { dsn, release, tracesSampleRate, environment: own, ...sdkOptions } = sentry;
  const readDsn = reader.setting('sentry.dsn', dsn, dsnOrNone, 'SENTRY_DSN');
  const readRelease = reader.setting('sentry.release', release, nonEmpty, 'SENTRY_RELEASE');
  const readRate = reader.setting(
    'sentry.tracesSampleRate',
    tracesSampleRate,
    sampleRate,
    'SENTRY_TRACES_SAMPLE_RATE',
  );
  const sentryDefaults: SentryDefaults = {
    ...sdkOptions,
    environment: reader.setting('sentry.environment', own, nonEmpty) ?? environment,
    ...(readRelease !== undefined && { release: readRelease }),
    ...(readRate !== undefined && { tracesSampleRate: readRate }),
  };
  return { sentryDefaults, sentry: readDsn ? { ...sentryDefaults, dsn: readDsn } : undefined };
}

function readTools(reader: SettingsReader, value: unknown): ResolvedOptions['tools'] {
  const { flower, grafana, prometheus, ...custom } = reader.section('tools', value);
  const url = (tool: string, given: unknown, variable?: string): string | null =>
    reader.setting(`tools.${tool}`, given, toolUrl, variable) ?? null;
  return {
    flower: url('flower', flower, 'FLOWER_URL'),
    grafana: url('grafana', grafana, 'GRAFANA_URL'),
    prometheus: url('prometheus', prometheus, 'PROMETHEUS_URL'),
    ...Object.fromEntries(Object.entries(custom).map(([tool, given]) => [tool, url(tool, given)])),
  };
}
