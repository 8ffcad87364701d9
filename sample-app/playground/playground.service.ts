import { Injectable } from '@nestjs/common';
import { SentryService } from 'nestjs-observability';

/** Makes an error on purpose. */
@Injectable()
export class PlaygroundService {
  constructor(private readonly sentry: SentryService) {}

  /** Fails, and tells Sentry. @returns the id of Sentry's event, or `null` when Sentry is off. */
  fail(): string | null {
    try {
      JSON.parse('{ "discount": 10% }');
      return null;
    } catch (error) {
      return this.sentry.captureException(error, { tags: { feature: 'playground' } });
    }
  }
}
