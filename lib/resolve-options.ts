import type {
  AccessOption,
  GuardedRoute,
  RouteName,
  RoutePaths,
} from './endpoints/endpoints.types.js';
import { canonicalPath, DEFAULT_PATHS, mountedRoutes } from './endpoints/route-path.js';
import { DEFAULT_CACHE_MS, DEFAULT_TIMEOUT_MS } from './health/health-check.options.js';
import { HealthStatus } from './health/health.types.js';
import { DEFAULT_MAX_SERIES, LABEL_NAME, RESERVED_LABELS } from './metrics/metric-definition.js';
import type { HttpMetricsSettings } from './metrics/metrics.types.js';
import type { ResolvedOptions } from './observability.options.js';
import { serverErrors } from './sentry/expected-error.js';
import type { SentryDefaults, SentryHealthSettings } from './sentry/sentry.types.js';
import { SettingsReader } from './settings-reader.js';
import {
  accessFor,
  boolean,
  buckets,
  cacheMs,
  degradedAs,
  detailsFor,
  dsnOrNone,
  endpoints,
  fieldName,
  flag,
  headerName,
  labelValue,
  nonEmpty,
  noSuchLabel,
  port,
  routePath,
  sampleRate,
  seriesLimit,
  statusCode,
  statusesToCapture,
  threshold,
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
    management: readManagement(reader, root['management']),
    routes: readRoutes(reader, root['routes']),
    access: readAccess(reader, root['access']),
  };
  reader.throwIfBad();
  return resolved;
}

function readRoot(reader: SettingsReader, options: unknown): Record<string, unknown> {
  const misplaced = ['isGlobal', 'pipeline'].filter((name) => hasOption(options, name));
  for (const name of misplaced) {
    reader.problem(`${name} belongs beside useFactory, useClass or useExisting, not inside`);
  }
  // A factory that returns nothing has forgotten its return; forRoot() hands in {}.
  if (options === undefined)
    reader.refuse('what the options are', options, { accepted: 'an object' });
  return reader.section('', options, [
    'environment',
    'health',
    'metrics',
    'sentry',
    'tools',
    'management',
    'routes',
    'access',
    ...misplaced,
  ]);
}

function hasOption(options: unknown, name: string): boolean {
  return typeof options === 'object' && options !== null && name in options;
}

function readHealth(reader: SettingsReader, value: unknown): ResolvedOptions['health'] {
  const health = reader.section('health', value, [
    'timeoutMs',
    'cacheMs',
    'details',
    'page',
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
    page: reader.setting('health.page', health['page'], flag) ?? true,
    statusCodes: {
      healthy: code(HealthStatus.HEALTHY),
      degraded: code(HealthStatus.DEGRADED),
      unhealthy: code(HealthStatus.UNHEALTHY),
    },
  };
}

function readMetrics(reader: SettingsReader, value: unknown): ResolvedOptions['metrics'] {
  const metrics = reader.section('metrics', value, [
    'enabled',
    'http',
    'runtime',
    'defaultLabels',
    'maxSeriesPerMetric',
  ]);
  const labels = reader.section('metrics.defaultLabels', metrics['defaultLabels']);
  const readLabels: Record<string, string> = {};
  for (const [label, text] of Object.entries(labels)) {
    const isLabel = LABEL_NAME.test(label) && !RESERVED_LABELS.includes(label);
    const rule = isLabel ? labelValue : noSuchLabel;
    const read = reader.setting(`metrics.defaultLabels.${label}`, text, rule);
    if (read !== undefined) readLabels[label] = read;
  }
  return {
    enabled:
      reader.setting('metrics.enabled', metrics['enabled'], boolean, 'ENABLE_METRICS') ?? false,
    defaultLabels: readLabels,
    maxSeriesPerMetric:
      reader.setting('metrics.maxSeriesPerMetric', metrics['maxSeriesPerMetric'], seriesLimit) ??
      DEFAULT_MAX_SERIES,
    runtime: reader.setting('metrics.runtime', metrics['runtime'], flag) ?? true,
    http: readHttpMetrics(reader, metrics['http']),
  };
}

function readHttpMetrics(reader: SettingsReader, value: unknown): HttpMetricsSettings | undefined {
  if (value === false) return undefined;
  const http = reader.section('metrics.http', value === true ? undefined : value, [
    'buckets',
    'exclude',
  ]);
  return {
    buckets: reader.setting('metrics.http.buckets', http['buckets'], buckets),
    exclude: reader.setting('metrics.http.exclude', http['exclude'], endpoints) ?? [],
  };
}

function readSentry(
  reader: SettingsReader,
  value: unknown,
  environment: string,
): Pick<ResolvedOptions, 'sentry' | 'sentryDefaults' | 'sentryReports'> {
  const {
    dsn,
    release,
    tracesSampleRate,
    environment: own,
    captureHttpStatus,
    eventIdHeader,
    eventIdField,
    health,
    ...sdkOptions
  } = reader.section('sentry', value);
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
  const header = reader.setting('sentry.eventIdHeader', eventIdHeader, headerName);
  const field = reader.setting('sentry.eventIdField', eventIdField, fieldName);
  return {
    sentryDefaults,
    sentry: readDsn === '' ? undefined : { ...sentryDefaults, dsn: readDsn },
    sentryReports: {
      captureHttpStatus:
        reader.setting('sentry.captureHttpStatus', captureHttpStatus, statusesToCapture) ??
        serverErrors,
      eventIdHeader: (header ?? 'X-Sentry-Event-Id') || undefined,
      eventIdField: field || undefined,
      health: readSentryHealth(reader, health),
    },
  };
}

function readSentryHealth(
  reader: SettingsReader,
  value: unknown,
): SentryHealthSettings | undefined {
  if (value === false) return undefined;
  const health = reader.section('sentry.health', value === true ? undefined : value, [
    'degraded',
    'failureThreshold',
    'minIntervalMs',
  ]);
  return {
    degraded:
      reader.setting('sentry.health.degraded', health['degraded'], degradedAs) ?? 'breadcrumb',
    failureThreshold:
      reader.setting('sentry.health.failureThreshold', health['failureThreshold'], threshold) ?? 1,
    minIntervalMs:
      reader.setting('sentry.health.minIntervalMs', health['minIntervalMs'], cacheMs) ?? 60_000,
  };
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

function readManagement(reader: SettingsReader, value: unknown): ResolvedOptions['management'] {
  if (value === undefined) return undefined;
  const management = reader.section('management', value, ['port', 'host']);
  if (typeof value === 'object' && value !== null && management['port'] === undefined) {
    reader.refuse('management.port', undefined, port);
  }
  return {
    port: reader.setting('management.port', management['port'], port) ?? 0,
    host: reader.setting('management.host', management['host'], nonEmpty) ?? '0.0.0.0',
  };
}

function readRoutes(reader: SettingsReader, value: unknown): RoutePaths {
  const routes = reader.section('routes', value, Object.keys(DEFAULT_PATHS));
  const path = (name: RouteName): string | undefined =>
    (reader.setting(`routes.${name}`, routes[name], routePath) ?? DEFAULT_PATHS[name]) || undefined;
  const paths: RoutePaths = {
    health: path('health'),
    live: path('live'),
    ready: path('ready'),
    metrics: path('metrics'),
    tools: path('tools'),
  };
  const taken = new Map<string, RouteName>();
  for (const [name, at] of mountedRoutes(paths)) {
    const other = taken.get(canonicalPath(at));
    if (other === undefined) taken.set(canonicalPath(at), name);
    else
      reader.problem(`routes.${other} and routes.${name} are both ${at}; accepted is a path each`);
  }
  return paths;
}

function readAccess(reader: SettingsReader, value: unknown): ResolvedOptions['access'] {
  const access = reader.section('access', value, ['health', 'metrics', 'tools'], {
    isSecret: true,
  });
  const of = (name: GuardedRoute): AccessOption =>
    reader.setting(`access.${name}`, access[name], accessFor) ?? 'public';
  return { health: of('health'), metrics: of('metrics'), tools: of('tools') };
}
