import { types } from 'node:util';

const ignore = (): void => {};

/**
 * Takes upon itself what a promise may be rejected with, where nobody else will: an unhandled rejection ends the process.
 * What is no promise is let be. Never throws.
 */
export function adoptPromise(value: unknown): void {
  if (!types.isPromise(value)) return;
  try {
    void Promise.prototype.then.call(value, ignore, ignore);
  } catch {
    // Its class refuses to make another promise for `then` to return.
    if (Reflect.defineProperty(value, 'constructor', { value: Promise })) {
      void Promise.prototype.then.call(value, ignore, ignore);
    }
  }
}
