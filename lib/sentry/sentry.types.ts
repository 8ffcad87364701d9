/** Severity of a message. `'warn'` and `'warning'` are one. */
export type SentryLevel = 'fatal' | 'error' | 'warning' | 'warn' | 'log' | 'info' | 'debug';

/** What goes along with one captured error or message. */
export interface SentryCaptureContext {
  readonly tags?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly extra?: object | undefined;
  readonly contexts?: Readonly<Record<string, object>> | undefined;
  readonly user?: object | undefined;
  readonly level?: SentryLevel | undefined;
  readonly fingerprint?: readonly string[] | undefined;
}

/** Options of {@link SentryService.init}; what is not named here goes to the SDK as it is. */
export interface SentryInitOptions {
  /** `''` or none: Sentry stays off. */
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
