/** Lets all who ask for the same while it is being made have the same. What is done is forgotten. */
export class SingleFlight<Made> {
  readonly #underWay = new Map<string, Promise<Made>>();

  /** Whether what a key stands for is under way. */
  has(key: string): boolean {
    return this.#underWay.has(key);
  }

  /** @param make is called unless what the key stands for is under way. */
  join(key: string, make: () => Promise<Made>): Promise<Made> {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    // Not at once: what is made may ask for itself, and is to find that it is under way.
    const made = Promise.resolve()
      .then(make)
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, made);
    return made;
  }
}
