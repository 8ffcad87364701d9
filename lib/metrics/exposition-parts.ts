import { nextTurn, type Clock } from '../clock.js';

/** Text is turned into bytes in parts of about this many characters: a longer one holds the event loop in itself. */
const PART_LENGTH = 64 * 1_024;

/** The clock is looked at after so many texts, as each takes long the first time, when it is put together. */
const LOOK_EVERY = 64;

/** For how long the event loop is held at a time, in milliseconds. */
export const BUDGET_MS = 1;

/** Takes what is written for one scrape after another, in parts that hold the event loop for a short time each. */
export class ExpositionParts {
  #parts: Uint8Array[] = [];
  #text = '';
  #untilLook = LOOK_EVERY;
  #sinceMs = 0;

  constructor(private readonly clock: Clock) {}

  /** Begins with nothing. */
  begin(): void {
    this.#parts = [];
    this.#text = '';
    this.#untilLook = LOOK_EVERY;
    this.#sinceMs = this.clock.nowMs();
  }

  /** Adds to the end. @returns whether it is time to {@link pause}. */
  write(text: string): boolean {
    this.#text += text;
    this.#untilLook -= 1;
    const isPart = this.#text.length >= PART_LENGTH;
    if (isPart) this.#cut();
    if (!isPart && this.#untilLook > 0) return false;
    this.#untilLook = LOOK_EVERY;
    return this.isLate();
  }

  /** Whether it is time to {@link pause}, by the clock. */
  isLate(): boolean {
    return this.clock.nowMs() - this.#sinceMs >= BUDGET_MS;
  }

  /** Adds the text of each, and lets others have the event loop where that takes long. */
  async writeEach<T>(items: readonly T[], textOf: (item: T) => string): Promise<void> {
    for (let next = 0; next < items.length;) {
      if (next > 0) await this.pause();
      next = this.#writeSome(items, next, textOf);
    }
  }

  /** The same for lines that are made one after the other. */
  async writeLines(lines: Iterable<string>): Promise<void> {
    for (const line of lines) {
      if (this.write(line)) await this.pause();
    }
  }

  /** Lets others have the event loop. */
  async pause(): Promise<void> {
    await new Promise<void>(nextTurn);
    this.#sinceMs = this.clock.nowMs();
  }

  /** All that has been written. */
  end(): readonly Uint8Array[] {
    if (this.#text !== '') this.#cut();
    const parts = this.#parts;
    this.begin();
    return parts;
  }

  /** Apart from what waits: V8 makes a loop without waiting faster. @returns how far it has got in its time. */
  #writeSome<T>(items: readonly T[], from: number, textOf: (item: T) => string): number {
    for (let i = from; i < items.length; i += 1) {
      if (this.write(textOf(items[i] as T))) return i + 1;
    }
    return items.length;
  }

  #cut(): void {
    this.#parts.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
