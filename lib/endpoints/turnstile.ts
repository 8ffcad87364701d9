import { nextTurn } from '../clock.js';

/**
 * Lets a few pass in each turn of the event loop: where thousands wait for one run of a check, all of them would else be
 * answered at one go, and nothing else meanwhile.
 */
export class Turnstile {
  readonly #queue: (() => void)[] = [];
  #passed = 0;
  #turning = false;

  constructor(private readonly perTurn: number) {}

  /** Resolves when it is one's turn; `undefined` for those who need not wait. */
  pass(): Promise<void> | undefined {
    if (this.#passed >= this.perTurn) {
      return new Promise((resolve) => {
        this.#queue.push(resolve);
      });
    }
    this.#passed += 1;
    this.#turn();
    return undefined;
  }

  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    nextTurn(() => {
      this.#turning = false;
      const next = this.#queue.splice(0, this.perTurn);
      this.#passed = next.length;
      for (const go of next) go();
      if (this.#passed > 0) this.#turn();
    });
  }
}
