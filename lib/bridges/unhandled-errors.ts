import type { ArgumentsHost } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { exchangeOf, type HttpExchange } from '../endpoints/http-exchange.js';
import { adoptPromise } from '../adopt-promise.js';
import type { Faults } from '../faults.js';
import { httpStatusOf, isMessageException, serverErrors } from '../sentry/expected-error.js';
import type { SentryService } from '../sentry/sentry.service.js';
import type { SentryReportSettings } from '../sentry/sentry.types.js';

/** Reports to Sentry, once each, the errors that requests and messages of one application end with. */
export class UnhandledErrors {
  /** Ids of what has been reported. One error may come by several filters, which all get the same host. */
  readonly #ofHosts = new WeakMap<object, string>();
  /** Of what is thrown in a request and is no object, so that nothing else tells whether it is the same. */
  readonly #ofRequests = new WeakMap<object, Map<unknown, string>>();

  /**
   * What handlers of messages have failed with in this turn and is no object; NestJS hands it to filters next. One from
   * elsewhere that looks the same, in the same turn, cannot be told from it.
   */
  readonly #ofHandlers: unknown[] = [];

  constructor(
    private readonly sentry: SentryService,
    private readonly settings: SentryReportSettings,
    private readonly faults: Faults,
    private readonly http: HttpAdapterHost,
  ) {}

  /**
   * Reports an error, unless it is an expected one, and tells whoever asked the id of its event. Never throws.
   *
   * @returns the id, or `null` when nothing was captured.
   */
  report(error: unknown, host: ArgumentsHost): string | null {
    try {
      if (!this.sentry.enabled) return null;
      return this.#ofHosts.get(host) ?? this.#report(error, host);
    } catch {
      this.faults.count('error_report');
      return null;
    }
  }

  /** A handler has failed with it, and its event is there. */
  handlerCaptured(error: unknown): void {
    if (isObject(error)) return;
    // A filter need not come to it; the next turn is too late for that.
    if (this.#ofHandlers.push(error) === 1) setImmediate(() => this.#ofHandlers.splice(0));
  }

  /** Whether an error is an answer to whoever sent a message, and no failure. Never throws. */
  isExpected(error: unknown): boolean {
    return isMessageException(error) || !this.#isWanted(error);
  }

  #report(error: unknown, host: ArgumentsHost): string | null {
    const exchange = exchangeOf(host);
    if (exchange === undefined && (isMessageException(error) || this.#isOfHandler(error)))
      return null;
    if (!this.#isWanted(error)) return null;
    const eventId = this.#capture(error, exchange);
    if (eventId === null) return null;
    this.#ofHosts.set(host, eventId);
    if (exchange !== undefined) this.#tell(eventId, host, exchange);
    return eventId;
  }

  #isOfHandler(error: unknown): boolean {
    const index = this.#ofHandlers.indexOf(error);
    if (index !== -1) this.#ofHandlers.splice(index, 1);
    return index !== -1;
  }

  #isWanted(error: unknown): boolean {
    const status = httpStatusOf(error);
    try {
      const answer: unknown = this.settings.captureHttpStatus(status, error);
      if (typeof answer === 'boolean') return answer;
      adoptPromise(answer);
    } catch {
      // Counted below, like any answer that is none.
    }
    this.faults.count('predicate');
    return serverErrors(status, error);
  }

  #capture(error: unknown, exchange: HttpExchange | undefined): string | null {
    const known = exchange && this.#ofRequests.get(exchange.request)?.get(error);
    if (known !== undefined) return known;
    const eventId = this.sentry.captureException(error, {
      handled: false,
      transaction: exchange?.endpoint,
    });
    if (eventId !== null && exchange !== undefined && !isObject(error)) {
      const ids = this.#ofRequests.get(exchange.request) ?? new Map<unknown, string>();
      this.#ofRequests.set(exchange.request, ids.set(error, eventId));
    }
    return eventId;
  }

  #tell(eventId: string, host: ArgumentsHost, { response }: HttpExchange): void {
    const { eventIdHeader } = this.settings;
    if (eventIdHeader === undefined || response.headersSent) return;
    this.http.httpAdapter.setHeader(host.getArgByIndex(1), eventIdHeader, eventId);
  }
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
