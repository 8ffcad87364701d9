import { adoptPromise } from '../adopt-promise.js';
import type { HealthTransition } from './health.types.js';

/** Is told of each transition. What it throws, or rejects with, reaches neither the check nor another listener. */
export type HealthTransitionListener = (transition: HealthTransition) => unknown;

/** Tells listeners of transitions, each for itself. */
export class TransitionListeners {
  readonly #listeners = new Map<symbol, HealthTransitionListener>();

  constructor(private readonly failed: (error: unknown) => void) {}

  /** Adds a listener. @returns what removes it. */
  add(listener: HealthTransitionListener): () => void {
    const key = Symbol('listener');
    this.#listeners.set(key, listener);
    return () => {
      this.#listeners.delete(key);
    };
  }

  /** Tells those who listen at this moment. */
  tell(transition: HealthTransition): void {
    for (const listener of Array.from(this.#listeners.values()))
      void this.#tellOne(listener, transition);
  }

  async #tellOne(listener: HealthTransitionListener, transition: HealthTransition): Promise<void> {
    try {
      const returned = listener(transition);
      adoptPromise(returned);
      await returned;
    } catch (error) {
      this.failed(error);
    }
  }
}
