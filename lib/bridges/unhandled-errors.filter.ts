import { Catch, type ArgumentsHost, type ExceptionFilter, type Type } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { loadOptionalPackage } from '../optional-package.js';
import type { UnhandledErrors } from './unhandled-errors.js';

/** Reports what no filter of the application has caught, and answers as NestJS does without any filter. */
@Catch()
export class ReportingFilter implements ExceptionFilter {
  /**
   * @param eventIdField is added to the body of an answer, if there is an event.
   * @param ofMessages answers messages of WebSockets.
   */
  constructor(
    private readonly errors: UnhandledErrors,
    private readonly http: HttpAdapterHost,
    private readonly eventIdField: string | undefined,
    private readonly ofMessages: ExceptionFilter | undefined,
  ) {}

  /** Whether it answers messages of WebSockets. */
  get answersMessages(): boolean {
    return this.ofMessages !== undefined;
  }

  /** Called by NestJS. */
  catch(error: unknown, host: ArgumentsHost): void {
    const eventId = this.errors.report(error, host);
    const type: string = host.getType();
    if (type === 'http') this.#ofHttp(eventId).catch(error, host);
    // NestJS takes it that a filter has answered, and answers itself only where nobody is to be answered.
    else if (type === 'ws' && host.getArgByIndex(0)) this.ofMessages?.catch(error, host);
    // Of all else NestJS takes it that a filter that returns nothing has not answered.
  }

  #ofHttp(eventId: string | null): BaseExceptionFilter {
    const { httpAdapter } = this.http;
    const field = this.eventIdField;
    if (eventId === null || field === undefined) return new BaseExceptionFilter(httpAdapter);
    const adapter: Answering = {
      isHeadersSent: (response) => httpAdapter.isHeadersSent(response),
      end: (response) => httpAdapter.end(response),
      reply: (response, body, status) =>
        httpAdapter.reply(response, withField(body, field, eventId), status),
    };
    return new BaseExceptionFilter(adapter as unknown as HttpAdapterHost['httpAdapter']);
  }
}

/** The filter that NestJS has for gateways. */
export async function gatewayFilter(): Promise<ExceptionFilter | undefined> {
  const websockets = (await loadOptionalPackage('@nestjs/websockets')) as Websockets | undefined;
  return websockets && new websockets.BaseWsExceptionFilter();
}

interface Websockets {
  readonly BaseWsExceptionFilter: Type<ExceptionFilter>;
}

/** What NestJS answers an error with. */
type Answering = Pick<HttpAdapterHost['httpAdapter'], 'isHeadersSent' | 'end' | 'reply'>;

/** A body that is a list, or of a class of the application's own, stays as it is. */
function withField(body: unknown, field: string, value: string): unknown {
  if (typeof body !== 'object' || body === null || Object.hasOwn(body, field)) return body;
  const prototype = Object.getPrototypeOf(body) as unknown;
  return prototype === Object.prototype || prototype === null ? { ...body, [field]: value } : body;
}
