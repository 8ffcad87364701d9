import type { Faults } from '../faults.js';
import { errorText } from '../show-value.js';
import { SafeLogger } from '../tell.js';

/** Keeps what goes wrong with one metric from the rest of a scrape: it is counted, and said once. */
export class ScrapeGuard {
  readonly #logger = new SafeLogger();
  readonly #said = new Set<string>();

  constructor(private readonly faults: Faults) {}

  /** What goes wrong with one costs no other. @param effect what it costs this one, in words. */
  async attempt<T>(
    subject: string,
    effect: string,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.faults.count('collector');
      this.warnOnce(`${subject} failed`, `${subject} ${effect}: ${errorText(error)}`);
      return undefined;
    }
  }

  /** Warns unless it has done so under this key. */
  warnOnce(key: string, message: string): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#logger.warn(message);
  }
}
