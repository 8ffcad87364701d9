/** Something that several metrics are made from, read once for all that ask in the same turn or while it is read. */
export class SharedReading<T> {
  #current: { readonly reading: T } | undefined;

  constructor(private readonly take: () => T) {}

  /** The reading under way, or a new one. */
  read(): T {
    if (this.#current !== undefined) return this.#current.reading;
    const reading = this.take();
    this.#current = { reading };
    const forget = (): void => (this.#current = undefined);
    void Promise.resolve(reading).then(forget, forget);
    return reading;
  }
}
