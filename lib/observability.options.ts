import type {
  AccessOption,
  DetailsOption,
  GuardedRoute,
  ManagementAddress,
  RoutePaths,
} from './endpoints/endpoints.types.js';
import type { HealthStatus } from './health/health.types.js';
import type { HttpMetricsSettings } from './metrics/metrics.types.js';
import type {
  CaptureHttpStatus,
  SentryDefaults,
  SentryInitOptions,
  SentryReportSettings,
} from './sentry/sentry.types.js';

/** Options of `ObservabilityModule.forRoot()`. Each wins over its environment variable; `undefined` counts as not given. */
export interface ObservabilityModuleOptions {
  /** Name of the environment; it reaches Sentry. Variable `ENVIRONMENT`. @default 'development' */
  readonly environment?: string | undefined;
  /** The health checks, and `/health`. */
  readonly health?: HealthOptions | undefined;
  /** The metrics, and `/metrics`. */
  readonly metrics?: MetricsOptions | undefined;
  /** What is sent to Sentry. */
  readonly sentry?: SentryOptions | undefined;
  /** What `/health/tools` answers. */
  readonly tools?: ToolsOptions | undefined;
  /** A port for the routes alone. @default none: the routes are on the application's own port */
  readonly management?: ManagementOptions | undefined;
  /** Where the routes are. */
  readonly routes?: RoutesOptions | undefined;
  /** Who gets an answer of the routes. */
  readonly access?: AccessOptions | undefined;
}

/** A listener of their own for the five routes, which then are not on the application's port. */
export interface ManagementOptions {
  /** 0: any free port; the log says which. */
  readonly port: number;
  /** @default '0.0.0.0' */
  readonly host?: string | undefined;
}

/** Where the routes are: a path, or `false` for a route that is not wanted. */
export interface RoutesOptions {
  /** @default '/health' */
  readonly health?: string | false | undefined;
  /** @default '/health/live' */
  readonly live?: string | false | undefined;
  /** @default '/health/ready' */
  readonly ready?: string | false | undefined;
  /** @default '/metrics' */
  readonly metrics?: string | false | undefined;
  /** @default '/health/tools' */
  readonly tools?: string | false | undefined;
}

/**
 * Who gets an answer: everyone, whoever sends `Authorization: Bearer` with the token, or whom the function lets by
 * returning `true`. It is called at each request; what it throws, and anything else that it returns, lets nobody. The
 * probes are open to all.
 */
export interface AccessOptions {
  /** @default 'public' */
  readonly health?: AccessOption | undefined;
  /** @default 'public' */
  readonly metrics?: AccessOption | undefined;
  /** Asked for the links on the status page too. @default 'public' */
  readonly tools?: AccessOption | undefined;
}

/** Options of the health checks and of `/health`. */
export interface HealthOptions {
  /** Deadline of a run where the check names none, in milliseconds. @default 800 */
  readonly timeoutMs?: number | undefined;
  /** For how long a result is served where the check says nothing of it, in milliseconds. @default 0: run at each request */
  readonly cacheMs?: number | undefined;
  /**
   * Who sees messages and details in `/health`: everyone, nobody, or whom the function lets by returning `true`. It
   * is called at each request; what it throws, and anything else that it returns, lets nobody.
   *
   * @default 'always'
   */
  readonly details?: DetailsOption | undefined;
  /** Whether a browser gets `/health` as a page for people. @default true */
  readonly page?: boolean | undefined;
  /** The status code of `/health` for each status. @default 200 for all */
  readonly statusCodes?: { readonly [Status in HealthStatus]?: number | undefined } | undefined;
}

/** Options of the metrics. */
export interface MetricsOptions {
  /** Needs `prom-client`. Variable `ENABLE_METRICS`: true/false, 1/0, yes/no, on/off. @default false */
  readonly enabled?: boolean | undefined;
  /** Metrics of every response of the HTTP server; `false` for none. @default true */
  readonly http?: boolean | HttpMetricsOptions | undefined;
  /** Metrics of Node.js and the process: event loop, garbage collection, heap, handles. @default true */
  readonly runtime?: boolean | undefined;
  /** Labels that every metric of `MetricsRegistry` carries. @default {} */
  readonly defaultLabels?: Readonly<Record<string, string>> | undefined;
  /** How many label sets a metric may have; what comes beyond is counted in one series for all. @default 2000 */
  readonly maxSeriesPerMetric?: number | undefined;
}

/** What the metrics of HTTP are like. */
export interface HttpMetricsOptions {
  /** Upper bounds of `http_request_duration_seconds`, in ascending order. @default prom-client's: 5 ms to 10 s */
  readonly buckets?: readonly number[] | undefined;
  /**
   * Which endpoints are not counted: route patterns as they stand in the label `endpoint`, or regular expressions for
   * them. The routes of this module never are. @default []
   */
  readonly exclude?: readonly (string | RegExp)[] | undefined;
}

/** Options of Sentry; what is not named here goes to the SDK as it is. */
export interface SentryOptions {
  /**
   * Needs `@sentry/nestjs`. Variable `SENTRY_DSN`; `''` or `null` switches Sentry off.
   *
   * @default none: off, unless the application has initialised Sentry itself
   */
  readonly dsn?: string | null | undefined;
  /** @default the module's `environment` */
  readonly environment?: string | undefined;
  /** Variable `SENTRY_RELEASE`. @default the SDK's */
  readonly release?: string | undefined;
  /** 0 to 1. Variable `SENTRY_TRACES_SAMPLE_RATE`. @default none: no traces */
  readonly tracesSampleRate?: number | undefined;
  /**
   * Which errors that a request ends with are captured: those whose status is this or above, or of which the function
   * says so. The status is that of an `HttpException` or of an error like those of the package `http-errors`, and 500
   * for any other. Where the function throws, or returns neither `true` nor `false`, the default decides.
   *
   * @default 500
   */
  readonly captureHttpStatus?: number | CaptureHttpStatus | undefined;
  /** The header of the answer that carries the id of the event; `false` for none. @default 'X-Sentry-Event-Id' */
  readonly eventIdHeader?: string | false | undefined;
  /**
   * The field of the answer's body that carries the id of the event, where NestJS itself answers and not a filter of the
   * application; `false` for none. @default false
   */
  readonly eventIdField?: string | false | undefined;
  /** Events for transitions of health checks; `false` for none. @default true */
  readonly health?: boolean | SentryHealthOptions | undefined;
  readonly [sdkOption: string]: unknown;
}

/** What Sentry is told of health checks. */
export interface SentryHealthOptions {
  /** What a check that turns degraded leaves: a breadcrumb on later events, or an event. @default 'breadcrumb' */
  readonly degraded?: 'breadcrumb' | 'warning' | undefined;
  /** How many unhealthy results in a row make an event. @default 1 */
  readonly failureThreshold?: number | undefined;
  /**
   * How long after the event of a check that failed there is no other for it, in milliseconds: what flaps makes one
   * event and one recovery in that time. What it has come to is told afterwards. @default 60000
   */
  readonly minIntervalMs?: number | undefined;
}

/** URLs of the tools around the application, answered by `/health/tools`; other keys are the user's own. */
export interface ToolsOptions {
  /** Variable `FLOWER_URL`. @default null */
  readonly flower?: string | null | undefined;
  /** Variable `GRAFANA_URL`. @default null */
  readonly grafana?: string | null | undefined;
  /** Variable `PROMETHEUS_URL`. @default null */
  readonly prometheus?: string | null | undefined;
  readonly [tool: string]: string | null | undefined;
}

/** For `forRootAsync({ useClass })` and `useExisting`. */
export interface ObservabilityOptionsFactory {
  createObservabilityOptions(): ObservabilityModuleOptions | Promise<ObservabilityModuleOptions>;
}

/** The options with environment and defaults filled in, all of them checked. */
export interface ResolvedOptions {
  readonly environment: string;
  readonly health: {
    readonly timeoutMs: number;
    readonly cacheMs: number;
    readonly details: DetailsOption;
    readonly page: boolean;
    readonly statusCodes: Readonly<Record<HealthStatus, number>>;
  };
  readonly metrics: {
    readonly enabled: boolean;
    readonly defaultLabels: Readonly<Record<string, string>>;
    readonly maxSeriesPerMetric: number;
    readonly runtime: boolean;
    /** `undefined`: HTTP is not measured. */
    readonly http: HttpMetricsSettings | undefined;
  };
  /** `undefined`: Sentry stays off, whatever client there is. */
  readonly sentry: SentryInitOptions | undefined;
  /** What a direct `init` of Sentry takes over. */
  readonly sentryDefaults: SentryDefaults;
  /** What Sentry is told without being asked to. */
  readonly sentryReports: SentryReportSettings;
  readonly tools: Readonly<Record<string, string | null>>;
  /** `undefined`: the routes are on the application's own port. */
  readonly management: ManagementAddress | undefined;
  readonly routes: RoutePaths;
  readonly access: Readonly<Record<GuardedRoute, AccessOption>>;
}
