import { errorText, showValue } from '../../show-value.js';
import { SafeLogger } from '../../tell.js';
import { severity } from '../capture-input.js';
import { capturedEvent, type CapturedEvent } from './captured-event.js';
import { GuardedScope } from '../guarded-scope.js';
import type { KeptScope } from '../kept-scope.js';
import { RecordedScopes } from './recorded-scopes.js';
import { SentryService } from '../sentry.service.js';
import type {
  SentryBreadcrumb,
  SentryCaptureContext,
  SentryLevel,
  SentryScope,
} from '../sentry.types.js';

/**
 * Takes the place of {@link SentryService} in tests: it is on, records what is captured, and sends nothing.
 *
 * @example
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(SentryService)
 *   .useClass(RecordingSentryService)
 *   .compile();
 */
export class RecordingSentryService extends SentryService {
  readonly #logger = new SafeLogger();
  readonly #scopes = new RecordedScopes();
  readonly #isolation = this.#guarded(() => this.#scopes.isolation);
  #captured: readonly CapturedEvent[] = [];
  #eventIds = new WeakMap<object, string>();
  #isOn = false;

  constructor() {
    super();
    this.#switchOn();
  }

  /** What has been captured, in order. */
  get captured(): readonly CapturedEvent[] {
    return this.#captured;
  }

  /** Forgets what has been captured. */
  clear(): void {
    this.#captured = [];
    this.#eventIds = new WeakMap();
  }

  /** On from the start, until `close()`. */
  override get enabled(): boolean {
    return this.#isOn;
  }

  /** Switches it on again. */
  override init(): Promise<boolean> {
    this.#switchOn();
    return Promise.resolve(true);
  }

  /** Records an error. @returns an id; an error captured again keeps its first, and is recorded once. */
  override captureException(error: unknown, context?: SentryCaptureContext): string | null {
    if (!this.#isOn) return null;
    const known = this.eventIdOf(error);
    if (known !== null) return known;
    const eventId = this.#record(
      { type: 'error', error, message: errorText(error), level: 'error' },
      context,
    );
    if (isObject(error)) this.#eventIds.set(error, eventId);
    return eventId;
  }

  /** Records a message. @returns an id. */
  override captureMessage(
    message: string,
    level: SentryLevel = 'info',
    context?: SentryCaptureContext,
  ): string | null {
    if (!this.#isOn) return null;
    const text = typeof message === 'string' ? message : showValue(message);
    return this.#record(
      { type: 'message', error: undefined, message: text, level: severity(level) ?? 'info' },
      context,
    );
  }

  /** The id under which an error was recorded, or `null`. */
  override eventIdOf(error: unknown): string | null {
    return (isObject(error) && this.#eventIds.get(error)) || null;
  }

  /** Holds for what is recorded in the request, the job or the message. */
  override setUser(user: object | null): void {
    this.#isolation.setUser(user);
  }

  /** Holds for what is recorded in the request, the job or the message. */
  override setTag(key: string, value: string | number | boolean | null | undefined): void {
    this.#isolation.setTag(key, value);
  }

  /** Holds for what is recorded in the request, the job or the message. */
  override setContext(name: string, context: object | null): void {
    this.#isolation.setContext(name, context);
  }

  /** Holds for what is recorded in the request, the job or the message. */
  override addBreadcrumb(breadcrumb: SentryBreadcrumb): void {
    this.#isolation.addBreadcrumb(breadcrumb);
  }

  /** Runs a function at once; what it tells the scope holds for what is recorded until it is done. */
  override withScope<T>(run: (scope: SentryScope) => T): T {
    return this.#scopes.within((scope) => run(this.#guarded(() => scope)));
  }

  /** Runs a function as a piece of work of its own. @internal */
  override isolate<T>(run: () => T): T {
    return this.#scopes.isolate(run);
  }

  /** Runs a function as a piece of work of its own, unless it belongs to one already. @internal */
  override isolateOutside<T>(run: () => T): T {
    return this.#scopes.isOutside ? this.isolate(run) : run();
  }

  /** Nothing waits to be sent. */
  override flush(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Switches it off; what was recorded stays. */
  override close(): Promise<boolean> {
    this.#isOn = false;
    this.#scopes.stop();
    return Promise.resolve(true);
  }

  #switchOn(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#scopes.start();
  }

  #guarded(scope: () => KeptScope): GuardedScope {
    return new GuardedScope(
      () => (this.#isOn ? scope() : undefined),
      () => ({}),
      (error) =>
        this.#logger.error(`What was told of a scope cannot be recorded: ${errorText(error)}`),
    );
  }

  #record(
    subject: Pick<CapturedEvent, 'type' | 'error' | 'message' | 'level'>,
    context: SentryCaptureContext | undefined,
  ): string {
    const event = capturedEvent(subject, this.#scopes.known, context);
    this.#captured = [...this.#captured, event];
    return event.eventId;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
