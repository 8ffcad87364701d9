import { nextTurn, type Clock } from '../clock.js';

/** Text is turned into bytes in parts of about this many characters: a longer one holds the event loop in itself. */
const PART_LENGTH = 64 * 1_024;

/** For how long the event loop is held at a time, in milliseconds. */
export const BUDGET_MS = 1;

/** The bytes of an exposition that is being written. */
export class ExpositionParts {
  readonly #parts: Uint8Array[] = [];
  #text = '';
  #sinceMs: number;

  constructor(private readonly clock: Clock) {
    this.#sinceMs = clock.nowMs();
  }

  /** Adds to the end. @returns whether it is time to {@link pause}. */
  write(text: string): boolean {
    this.#text += text;
    if (this.#text.length < PART_LENGTH) return false;
    this.#cut();
    return this.clock.nowMs() - this.#sinceMs >= BUDGET_MS;
  }

  /** Lets others have the event loop. */
  async pause(): Promise<void> {
    await new Promise<void>(nextTurn);
    this.#sinceMs = this.clock.nowMs();
  }

  /** All that has been written. */
  end(): readonly Uint8Array[] {
    if (this.#text !== '') this.#cut();
    return this.#parts;
  }

  #cut(): void {
    this.#parts.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
