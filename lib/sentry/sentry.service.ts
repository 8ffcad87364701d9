import { MAX_DELAY_MS, systemClock, within } from '../clock.js';
import { loadOptionalPackage } from '../optional-package.js';
import { errorText, showValue } from '../show-value.js';
import { SafeLogger } from '../tell.js';
import { captureHint, readableError, severity, transactionOf, wasSent } from './capture-input.js';
import { DSN_RULE, isDsn } from './dsn.js';
import {
  connectClient,
  disconnectClient,
  isLive,
  scopeFor,
  type SdkScope,
  type SentryClient,
  type SentrySdk,
} from './sentry-client.js';
import { GuardedScope } from './guarded-scope.js';
import type {
  SentryBreadcrumb,
  SentryCaptureContext,
  SentryDefaults,
  SentryInitOptions,
  SentryLevel,
  SentryScope,
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
  /** What holds for the request, the job or the message that is being worked on. */
  readonly #isolation = new GuardedScope(
    () => (this.enabled ? this.#sdk?.getIsolationScope() : undefined),
    (error) => this.#failed(error),
  );

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
    return this.#capture(error, context, (scope) =>
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
    return this.#capture(undefined, context, (scope) => {
      const text = typeof message === 'string' ? message : showValue(message);
      return scope.captureMessage(text, severity(level) ?? 'info', captureHint(context));
    });
  }

  /** The id under which an error was captured here, or `null`. */
  eventIdOf(error: unknown): string | null {
    return (isObject(error) && this.#eventIds.get(error)) || null;
  }

  /** Says on whose behalf the request, the job or the message is worked on; `null` takes it back. */
  setUser(user: object | null): void {
    this.#isolation.setUser(user);
  }

  /** Tags all that is captured in the request, the job or the message. */
  setTag(key: string, value: string | number | boolean | null | undefined): void {
    this.#isolation.setTag(key, value);
  }

  /** Adds to all that is captured in the request, the job or the message what helps to understand it; `null` takes it away. */
  setContext(name: string, context: object | null): void {
    this.#isolation.setContext(name, context);
  }

  /** Notes a step on the way to what may be captured later in the request, the job or the message. */
  addBreadcrumb(breadcrumb: SentryBreadcrumb): void {
    this.#isolation.addBreadcrumb(breadcrumb);
  }

  /**
   * Runs a function at once; what it tells the scope holds for what is captured until it is done, and no longer.
   *
   * Without Sentry it runs all the same, and its scope takes everything in and does nothing.
   *
   * @returns what the function returns. @throws what it throws.
   * @example
   * sentry.withScope((scope) => {
   *   scope.setTag('order', order.id);
   *   sentry.captureMessage('Order is late');
   * });
   */
  withScope<T>(run: (scope: SentryScope) => T): T {
    return this.#within(
      (sdk, inside) => sdk.withScope(inside),
      (scope) =>
        run(
          new GuardedScope(
            () => scope,
            (error) => this.#failed(error),
          ),
        ),
    );
  }

  /**
   * Runs a function as a piece of work of its own: what it tells this service of users, tags, contexts and breadcrumbs
   * reaches no event of any other.
   *
   * @returns what the function returns. @throws what it throws.
   * @internal
   */
  isolate<T>(run: () => T): T {
    return this.#within((sdk, inside) => sdk.withIsolationScope(inside), run);
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

  #capture(
    subject: unknown,
    context: SentryCaptureContext | undefined,
    capture: (scope: SdkScope) => string,
  ): string | null {
    try {
      if (this.#sdk === undefined || !isLive(this.#client)) return null;
      const known = this.eventIdOf(subject);
      if (known !== null || wasSent(subject)) return known;
      const eventId = capture(scopeFor(this.#sdk, this.#client, transactionOf(context)));
      if (isObject(subject)) this.#eventIds.set(subject, eventId);
      return eventId;
    } catch (error) {
      this.#logger.error(`Sentry could not capture: ${errorText(error)}`);
      return null;
    }
  }

  /** Runs it inside what the SDK has for it; alone, where there is no SDK, or it fails. */
  #within<T>(
    enter: (sdk: SentrySdk, inside: (scope: SdkScope) => T) => T,
    run: (scope: SdkScope | undefined) => T,
  ): T {
    if (this.#sdk === undefined || !this.enabled) return run(undefined);
    let hasRun = false;
    try {
      return enter(this.#sdk, (scope) => {
        hasRun = true;
        return run(scope);
      });
    } catch (error) {
      if (hasRun) throw error;
      this.#failed(error);
      return run(undefined);
    }
  }

  #failed(error: unknown): void {
    this.#logger.error(`Sentry could not take what it was told: ${errorText(error)}`);
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
