/** Keeps the last so many things. */
export class Ring<T> {
  readonly #kept: T[] = [];

  constructor(private readonly size: number) {}

  /** Adds one, and drops the oldest where there is no more room. */
  push(thing: T): void {
    this.#kept.push(thing);
    if (this.#kept.length > this.size) this.#kept.shift();
  }

  /** What is kept, oldest first. */
  toArray(): T[] {
    return [...this.#kept];
  }
}
