import type { HandlerExplorer } from '../sentry/handlers/handler.explorer.js';
import type { FilterExplorer } from './filter.explorer.js';
import type { MessageIsolation } from './message-isolation.js';
import type { ReportingFilter } from './unhandled-errors.filter.js';

/** Has Sentry told of the errors that nobody captures by hand, from the application's start to its end. */
export class SentryReports {
  /** All modules are known by now, and nothing of NestJS has looked at filters or handlers. */
  constructor(
    private readonly filters: FilterExplorer,
    private readonly handlers: HandlerExplorer,
    private readonly messages: MessageIsolation,
    last: ReportingFilter,
  ) {
    filters.start(last);
    handlers.explore();
    messages.start();
  }

  /** The application has said all that it says of filters, and its routes are bound next. */
  binding(): void {
    this.filters.explore();
  }

  /** Every provider is made, and none has gone to work. */
  starting(): void {
    this.filters.explore();
    this.handlers.explore();
  }

  /** The application has closed. */
  closed(): void {
    this.filters.stop();
    this.handlers.close();
    this.messages.stop();
  }
}
