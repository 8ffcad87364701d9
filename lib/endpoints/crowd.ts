import { nextTurn } from '../clock.js';
import { Turnstile } from './turnstile.js';

/** Few enough to leave the event loop to others in between, and enough to lose no throughput. */
const ANSWERS_PER_TURN = 8;

/**
 * Answers all who ask the same thing at the same time.
 *
 * Those who ask in the same turn of the event loop share one answer, which is made after the last of them has asked, so
 * nobody gets an answer older than the question. And they get it a few at a time.
 */
export class Crowd<Answer> {
  readonly #turnstile = new Turnstile(ANSWERS_PER_TURN);
  #shared: Promise<Answer> | undefined;

  /** @param make is called once for all who ask in this turn. */
  async ask(make: () => Promise<Answer>): Promise<Answer> {
    this.#shared ??= this.#nextTurn(make);
    const answer = await this.#shared;
    await this.#turnstile.pass();
    return answer;
  }

  async #nextTurn(make: () => Promise<Answer>): Promise<Answer> {
    await new Promise<void>(nextTurn);
    this.#shared = undefined;
    return make();
  }
}
