import { MAX_DELAY_MS, systemClock, within } from '../clock.js';
import { loadOptionalPackage } from '../optional-package.js';
import { errorText, showValue } from '../show-value.js';
import { SafeLogger } from '../tell.js';
import { captureHint, readableError, severity, wasSent } from './capture-input.js';
import { DSN_RULE, isDsn } from './dsn.js';
import {
  connectClient,
  disconnectClient,
  isLive,
  scopeFor,
  type SentryClient,
  type SentryScope,
  type SentrySdk,
} from './sentry-client.js';
import type {
  SentryCaptureContext,
  SentryDefaults,
  SentryInitOptions,
  SentryLevel,
} from './sentry.types.js';

const DEFAULT_FLUSH_MS = 2_000;

/**
 * Captures errors and messages of one application with `@sentry/nestjs`. Injectable everywhere.
 *
 * Without a DSN, without the package (one warning says so) or after `close()` every capture is `null` and nothing
 * happens. No call throws.
 *
 * @example
 * const eventId = sentry.captureException(error);
 */
export class SentryService {
  readonly #logger = new SafeLogger();
  readonly #eventIds = new WeakMap<object, string>();
  #sdk: SentrySdk | undefined;
  #client: SentryClient | undefined;
  #starting: Promise<boolean> | undefined;

  /** @param defaults what `init` takes over where it is not told otherwise. @internal */
  constructor(
    private readonly defaults: SentryDefaults = {},
    private readonly loadSdk: () => Promise<unknown> = () => loadOptionalPackage('@sentry/nestjs'),
  ) {}

  /** Whether a live client takes what is captured. */
  get enabled(): boolean {
    return isLive(this.#client);
  }

  /**
   * Switches Sentry on. With a DSN in the module's options or in `SENTRY_DSN` the module has done so already.
   *
   * A second call while it is on changes nothing. Options that are not named go to the SDK.
   *
   * @returns whether Sentry is on: `false` without a DSN, with a malformed one, or without the package.
   */
  async init(options: SentryInitOptions = {}): Promise<boolean> {
    if (this.enabled) return true;
    this.#starting ??= this.#start(options).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /**
   * Sends an error to Sentry.
   *
   * @returns the event's id, or `null` when no live client took it. An error captured again keeps its first id; one that
   * the SDK has sent by another way is not sent again, and its id is not known: `null`.
   */
  captureException(error: unknown, context?: SentryCaptureContext): string | null {
    return this.#capture(error, (scope) =>
      scope.captureException(readableError(error), captureHint(context)),
    );
  }

  /**
   * Sends a message to Sentry.
   *
   * @returns the event's id, or `null` when no live client took it.
   */
  captureMessage(
    message: string,
    level: SentryLevel = 'info',
    context?: SentryCaptureContext,
  ): string | null {
    return this.#capture(undefined, (scope) => {
      const text = typeof message === 'string' ? message : showValue(message);
      return scope.captureMessage(text, severity(level) ?? 'info', captureHint(context));
    });
  }

  /** The id under which an error was captured here, or `null`. */
  eventIdOf(error: unknown): string | null {
    return (isObject(error) && this.#eventIds.get(error)) || null;
  }

  /** Waits until what was captured has been sent. @returns whether all was sent in time. */
  async flush(timeoutMs: number = DEFAULT_FLUSH_MS): Promise<boolean> {
    const client = this.#client;
    return client === undefined || this.#finish(timeoutMs, (ms) => client.flush(ms));
  }

  /**
   * Flushes, and switches Sentry off for this application. The module does so when the application shuts down.
   *
   * A client that the application has initialised itself, or that another application uses, stays open.
   *
   * @returns whether all was sent in time.
   */
  async close(timeoutMs: number = DEFAULT_FLUSH_MS): Promise<boolean> {
    const client = this.#client;
    this.#client = undefined;
    return client === undefined || this.#finish(timeoutMs, (ms) => disconnectClient(client, ms));
  }

  async #start(options: SentryInitOptions): Promise<boolean> {
    try {
      const wanted = { ...this.defaults, ...given(options) };
      if (!this.#accepts(wanted.dsn)) return false;
      this.#sdk = (await this.loadSdk()) as SentrySdk | undefined;
      if (this.#sdk === undefined) {
        this.#logger.warn(
          'Sentry stays off: a DSN is set, but the package @sentry/nestjs is not installed',
        );
        return false;
      }
      this.#client = connectClient(this.#sdk, wanted);
    } catch (error) {
      this.#logger.error(`Sentry stays off: ${errorText(error)}`);
    }
    return this.enabled;
  }

  #accepts(dsn: unknown): boolean {
    if (dsn === undefined || dsn === null || dsn === '') return false;
    if (typeof dsn === 'string' && isDsn(dsn)) return true;
    this.#logger.warn(`Sentry stays off: the DSN is malformed; accepted is ${DSN_RULE}`);
    return false;
  }

  #capture(subject: unknown, capture: (scope: SentryScope) => string): string | null {
    try {
      if (this.#sdk === undefined || !isLive(this.#client)) return null;
      const known = this.eventIdOf(subject);
      if (known !== null || wasSent(subject)) return known;
      const eventId = capture(scopeFor(this.#sdk, this.#client));
      if (isObject(subject)) this.#eventIds.set(subject, eventId);
      return eventId;
    } catch (error) {
      this.#logger.error(`Sentry could not capture: ${errorText(error)}`);
      return null;
    }
  }

  /** The SDK counts its time twice over and does not end at all with a time of 0, so the time is kept here. */
  async #finish(
    timeoutMs: number,
    finish: (timeoutMs: number) => PromiseLike<boolean>,
  ): Promise<boolean> {
    const boundedMs =
      typeof timeoutMs === 'number' && timeoutMs >= 0
        ? Math.min(timeoutMs, MAX_DELAY_MS)
        : DEFAULT_FLUSH_MS;
    try {
      return await within(systemClock, boundedMs, finish(boundedMs), () => false);
    } catch (error) {
      this.#logger.error(`Sentry could not send: ${errorText(error)}`);
      return false;
    }
  }
}

/** What is `undefined` counts as not given. */
function given(options: SentryInitOptions): SentryInitOptions {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  );
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
