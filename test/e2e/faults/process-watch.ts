import { settle } from '../../support/fake-clock.js';

const EVENTS = ['unhandledRejection', 'uncaughtExceptionMonitor', 'warning'] as const;

/** Keeps what would end the process or be written on its standard error, and compares what keeps it alive. */
export class ProcessWatch implements Disposable {
  readonly #events: string[] = [];
  readonly #keep = (what: unknown): void => void this.#events.push(String(what));
  readonly #before = process.getActiveResourcesInfo();

  constructor() {
    for (const event of EVENTS) process.on(event, this.#keep);
  }

  /** Unhandled rejections, uncaught exceptions and warnings until now. */
  async events(): Promise<readonly string[]> {
    await settle();
    return this.#events;
  }

  /** What keeps the process alive and did not at the beginning. Sockets get some turns of the loop to close. */
  async leftOpen(): Promise<readonly string[]> {
    let extra = this.#extra();
    for (let turn = 0; turn < 1_000 && extra.length > 0; turn += 1) {
      await settle();
      extra = this.#extra();
    }
    return extra;
  }

  [Symbol.dispose](): void {
    for (const event of EVENTS) process.off(event, this.#keep);
  }

  #extra(): string[] {
    const before = [...this.#before];
    return process.getActiveResourcesInfo().filter((resource) => {
      const index = before.indexOf(resource);
      if (index >= 0) before.splice(index, 1);
      return index < 0;
    });
  }
}
