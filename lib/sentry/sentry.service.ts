import { loadOptionalPackage } from '../optional-package.js';
import { errorText, showValue } from '../show-value.js';
import { SafeLogger } from '../tell.js';
import { captureHint, readableError, severity, transactionOf, wasSent } from './capture-input.js';
import { EventOutcomes, hintOf } from './client/event-outcomes.js';
import { GuardedScope } from './guarded-scope.js';
import type { ScopeKeeper } from './kept-scope.js';
import { processScope, toldOutside } from './client/outside-requests.js';
import { runOnce } from './run-once.js';
import { scopeFor, type ClientUse, type SdkScope, type SentrySdk } from './client/sentry-client.js';
import { DEFAULT_FLUSH_MS, SentryConnection } from './client/sentry-connection.js';
import type {
  SentryBreadcrumb,
  SentryCaptureContext,
  SentryDefaults,
  SentryInitOptions,
  SentryLevel,
  SentryScope,
} from './sentry.types.js';

/**
 * Captures errors and messages of one application with `@sentry/nestjs`. Injectable everywhere.
 *
 * Without a DSN and a client that the application has initialised, without the package (one warning says so) or after
 * `close()` every capture is `null` and nothing happens. No call throws, but `withScope()` what its function throws.
 *
 * @example
 * const eventId = sentry.captureException(error);
 */
export class SentryService {
  readonly #logger = new SafeLogger();
  readonly #eventIds = new WeakMap<object, string>();
  readonly #connection: SentryConnection;
  readonly #isolation = this.#guarded(() => this.#isolationScope());
  #hasFailed = false;

  /**
   * @param defaults what `init` takes over where it is not told otherwise.
   * @param use what is said of, and to, the client. @internal
   */
  constructor(
    defaults: SentryDefaults = {},
    loadSdk: () => Promise<unknown> = () => loadOptionalPackage('@sentry/nestjs'),
    private readonly use: ClientUse = { ownPaths: [], outcomes: new EventOutcomes() },
  ) {
    this.#connection = new SentryConnection(defaults, loadSdk, this.#logger, use);
  }

  /** Whether a live client takes what is captured. */
  get enabled(): boolean {
    return this.#connection.running !== undefined;
  }

  /**
   * Switches Sentry on. With a DSN in the module's options or in `SENTRY_DSN` the module has done so already.
   *
   * A second call while it is on changes nothing. Options that are not named go to the SDK.
   *
   * @returns whether Sentry is on: `false` without a DSN and a client of the application's own, with a malformed one, or without
   * the package.
   */
  async init(options: SentryInitOptions = {}): Promise<boolean> {
    return this.#connection.start(options);
  }

  /**
   * Sends an error to Sentry.
   *
   * @returns the event's id, or `null` when no live client took it. An error captured again keeps its first id; one that
   * the SDK has sent by another way is not sent again, and its id is not known: `null`.
   */
  captureException(error: unknown, context?: SentryCaptureContext): string | null {
    return this.#capture(error, context, (scope, hint) =>
      scope.captureException(readableError(error), hint),
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
    return this.#capture(undefined, context, (scope, hint) => {
      const text = typeof message === 'string' ? message : showValue(message);
      return scope.captureMessage(text, severity(level) ?? 'info', hint);
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
      (scope) => run(this.#guarded(() => scope)),
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

  /**
   * Runs a function as a piece of work of its own, unless it belongs to a request, a job or a message already.
   *
   * @returns what the function returns. @throws what it throws.
   * @internal
   */
  isolateOutside<T>(run: () => T): T {
    return this.#isOutside() ? this.isolate(run) : run();
  }

  /** Waits until what was captured has been sent. @returns whether all was sent in time. */
  async flush(timeoutMs: number = DEFAULT_FLUSH_MS): Promise<boolean> {
    return this.#connection.flush(timeoutMs);
  }

  /**
   * Flushes, and switches Sentry off for this application. The module does so when the application shuts down.
   *
   * A client that the application has initialised itself, or that another application uses, stays open.
   *
   * @returns whether all was sent in time.
   */
  async close(timeoutMs: number = DEFAULT_FLUSH_MS): Promise<boolean> {
    return this.#connection.close(timeoutMs);
  }

  #capture(
    subject: unknown,
    context: SentryCaptureContext | undefined,
    capture: (scope: SdkScope, hint: object) => unknown,
  ): string | null {
    try {
      const running = this.#connection.running;
      if (running === undefined) return null;
      const known = this.eventIdOf(subject);
      if (known !== null || wasSent(subject)) return known;
      const scope = scopeFor(running.sdk, running.client, transactionOf(context));
      const eventId = capture(scope, {
        ...captureHint(context),
        ...hintOf(this.use.outcomes),
        ...toldOutside(running.outside),
      });
      if (typeof eventId !== 'string') return null;
      if (isObject(subject)) this.#eventIds.set(subject, eventId);
      return eventId;
    } catch (error) {
      this.#logger.error(`Sentry could not capture: ${errorText(error)}`);
      return null;
    }
  }

  /** That of the request, the job or the message that is being worked on; outside of any, the application's own. */
  #isolationScope(): ScopeKeeper | undefined {
    const running = this.#connection.running;
    if (running === undefined) return undefined;
    const scope = running.sdk.getIsolationScope();
    return scope === processScope(running.sdk) ? running.outside : scope;
  }

  #isOutside(): boolean {
    const running = this.#connection.running;
    try {
      return running !== undefined && this.#isolationScope() === running.outside;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #guarded(scope: () => ScopeKeeper | undefined): GuardedScope {
    return new GuardedScope(
      scope,
      () => this.#connection.running?.client.getOptions() ?? {},
      (error) => this.#failed(error),
    );
  }

  /** Runs it inside what the SDK has for it; alone, where there is no SDK, or it fails. */
  #within<T>(
    enter: (sdk: SentrySdk, inside: (scope: SdkScope) => T) => T,
    run: (scope: SdkScope | undefined) => T,
  ): T {
    const running = this.#connection.running;
    if (running === undefined) return run(undefined);
    return runOnce<SdkScope, T>(
      (inside) => enter(running.sdk, inside),
      run,
      (error) => this.#failed(error),
    );
  }

  /** Once: what fails here fails at every request. */
  #failed(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#logger.error(`Sentry could not take what it was told: ${errorText(error)}`);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
