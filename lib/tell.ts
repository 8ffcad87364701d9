import { Logger } from '@nestjs/common';

/** The log of the application, as the module writes to it: no call throws, whatever the application logs with. */
export class SafeLogger {
  readonly #logger = new Logger('Observability');

  /** Says what happens. */
  log(text: string): void {
    tell((line) => this.#logger.log(line), text);
  }

  /** Says what is not as it should be. */
  warn(text: string): void {
    tell((line) => this.#logger.warn(line), text);
  }

  /** Says what has gone wrong. */
  error(text: string): void {
    tell((line) => this.#logger.error(line), text);
  }
}

/**
 * Says something to whoever is to hear of it. One that throws must not take down what had something to say; there is
 * nobody to tell it to.
 */
export function tell(hear: (text: string) => void, text: string): void {
  try {
    hear(text);
  } catch {}
}
