import type { HealthStatus } from './health.types.js';
import { mildest, severityOf, worst } from './severity.js';

/** How many results in a row it takes to change a status. */
export interface Thresholds {
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

/**
 * Holds the status that counts for a check, so that one result out of line does not flip it.
 *
 * So many results in a row that are worse make it worse, to the mildest of them; so many that are better make it
 * better, to the worst of them. The very first result counts at once.
 */
export class StatusJudge {
  readonly #recent: HealthStatus[] = [];
  #status: HealthStatus | undefined;

  constructor(private readonly thresholds: Thresholds) {}

  /** What counts now; `undefined` before the first result. */
  get status(): HealthStatus | undefined {
    return this.#status;
  }

  /** Takes in a result. @returns the status that counts from now on. */
  judge(raw: HealthStatus): HealthStatus {
    // No row of worse or of better results goes on beyond one that is neither.
    if (this.#status === undefined || raw === this.#status) return this.force(raw);
    const { failureThreshold, successThreshold } = this.thresholds;
    this.#recent.push(raw);
    if (this.#recent.length > Math.max(failureThreshold, successThreshold)) this.#recent.shift();

    const current = severityOf(this.#status);
    const worse = this.#inARow(failureThreshold, (status) => severityOf(status) > current);
    const better = this.#inARow(successThreshold, (status) => severityOf(status) < current);
    if (worse.length > 0) this.#status = mildest(worse);
    else if (better.length > 0) this.#status = worst(better);
    return this.#status;
  }

  /** Sets what counts, whatever the thresholds are. @returns it. */
  force(status: HealthStatus): HealthStatus {
    this.#recent.length = 0;
    this.#status = status;
    return status;
  }

  /** The last so many results if all of them pass, else none. */
  #inARow(count: number, passes: (status: HealthStatus) => boolean): HealthStatus[] {
    const last = this.#recent.slice(-count);
    return last.length === count && last.every(passes) ? last : [];
  }
}
