/** Severity of a message. `'warn'` and `'warning'` are one. */
export type SentryLevel = 'fatal' | 'error' | 'warning' | 'warn' | 'log' | 'info' | 'debug';

/** One step on the way to an event. */
export interface SentryBreadcrumb {
  readonly message?: string | undefined;
  readonly category?: string | undefined;
  /** `'default'`, `'http'`, `'navigation'`, … @default 'default' */
  readonly type?: string | undefined;
  readonly level?: SentryLevel | undefined;
  readonly data?: object | undefined;
  /** Seconds since 1970. @default now */
  readonly timestamp?: number | undefined;
}

/** What is known of what is captured while a function runs; see `SentryService.withScope`. */
export interface SentryScope {
  /** `null`: nobody. */
  setUser(user: object | null): void;
  setTag(key: string, value: string | number | boolean | null | undefined): void;
  /** `null` takes it away. */
  setContext(name: string, context: object | null): void;
  addBreadcrumb(breadcrumb: SentryBreadcrumb): void;
  setLevel(level: SentryLevel): void;
  setFingerprint(fingerprint: readonly string[]): void;
}

/** What goes along with one captured error or message. */
export interface SentryCaptureContext {
  readonly tags?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly extra?: object | undefined;
  readonly contexts?: Readonly<Record<string, object>> | undefined;
  readonly user?: object | undefined;
  readonly level?: SentryLevel | undefined;
  readonly fingerprint?: readonly string[] | undefined;
  /** What was being done: `GET /orders/:id`. @default what the SDK knows of it */
  readonly transaction?: string | undefined;
  /** `false`: nobody has caught the error. @default true */
  readonly handled?: boolean | undefined;
}

/** Options of {@link SentryService.init}; what is not named here goes to the SDK as it is. */
export interface SentryInitOptions {
  /** `''` or `null`: Sentry stays off. None: the application's own client, if there is one. */
  readonly dsn?: string | null | undefined;
  /** @default the module's `environment` */
  readonly environment?: string | undefined;
  /** @default the module's `sentry.release` */
  readonly release?: string | undefined;
  /** 0 to 1. @default the module's `sentry.tracesSampleRate` */
  readonly tracesSampleRate?: number | undefined;
  readonly [sdkOption: string]: unknown;
}

/** What Sentry is told where nobody says otherwise. */
export type SentryDefaults = Omit<SentryInitOptions, 'dsn'>;

/** Says of an error that a request ends with, by the status that it stands for, whether it is captured. */
export type CaptureHttpStatus = (status: number, error: unknown) => boolean;

/** What Sentry is told of health checks; see `SentryHealthOptions`. */
export interface SentryHealthSettings {
  readonly degraded: 'breadcrumb' | 'warning';
  readonly failureThreshold: number;
  readonly minIntervalMs: number;
}

/** What is reported of itself, and how whoever asked is told of it. */
export interface SentryReportSettings {
  readonly captureHttpStatus: CaptureHttpStatus;
  /** `undefined`: none. */
  readonly eventIdHeader: string | undefined;
  /** `undefined`: none. */
  readonly eventIdField: string | undefined;
  /** `undefined`: Sentry is not told of health checks. */
  readonly health: SentryHealthSettings | undefined;
}
