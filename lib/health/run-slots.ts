/** Lets so many checks run at once; the others wait their turn, first come first served. */
export class RunSlots {
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(readonly limit: number) {}

  /**
   * Calls `start` at once if a slot is free, else when its turn has come.
   *
   * @returns what gives back the slot, or the place in the queue; only its first call does something.
   */
  take(start: () => void): () => void {
    if (this.#taken < this.limit) {
      this.#taken += 1;
      start();
    } else {
      this.#waiting.add(start);
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (!this.#waiting.delete(start)) this.#handOn();
    };
  }

  /** Not on the stack of whoever gives back: a long queue of quick checks would pile up there. */
  #handOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken -= 1;
    } else {
      this.#waiting.delete(next);
      void Promise.resolve().then(next);
    }
  }
}
