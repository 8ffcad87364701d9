import { systemClock, within, type Clock } from '../clock.js';

/** What happens at the edges of draining, and what it waits for. */
export interface DrainingSteps {
  /** Called once, at the first moment of shutdown. */
  readonly begun: () => void;
  /** Resolves when no request is in flight. */
  readonly idle: () => Promise<void>;
}

/** How long to wait before anything that requests need is taken away, in milliseconds. */
export interface DrainTimes {
  /** For load balancers to send no more. */
  readonly drainMs: number;
  /** After that, for requests still in flight, at most. */
  readonly finishMs: number;
}

/** Nothing is waited for. */
export const NO_WAIT: DrainTimes = { drainMs: 0, finishMs: 0 };

/**
 * The time between the first moment of shutdown and the end of the application, in which requests are still answered.
 * There is one in the life of an application, however many ask it to close.
 */
export class Draining {
  #skip: () => void = () => {};
  #over: Promise<void> | undefined;

  constructor(
    private readonly steps: DrainingSteps,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Begins if nobody has; later callers wait for the end of what the first has begun. */
  begin(times: DrainTimes): Promise<void> {
    if (this.#over === undefined) {
      this.steps.begun();
      this.#over = this.#wait(times);
    }
    return this.#over;
  }

  /** Ends what is waited for now: the time for load balancers, or else the requests in flight. */
  skip(): void {
    this.#skip();
  }

  async #wait({ drainMs, finishMs }: DrainTimes): Promise<void> {
    await this.#atMost(drainMs, new Promise(() => {}));
    await this.#atMost(finishMs, this.steps.idle());
  }

  async #atMost(ms: number, event: Promise<void>): Promise<void> {
    if (ms === 0) return;
    const skipped = new Promise<void>((resolve) => {
      this.#skip = resolve;
    });
    await within(this.clock, ms, Promise.race([event, skipped]), () => undefined);
  }
}
