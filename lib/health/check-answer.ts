import { types } from 'node:util';
import { adoptPromise } from '../adopt-promise.js';
import { readFailure, readOutcome, type ReadOutcome } from './health.outcome.js';
import type { HealthCheckContext, HealthCheckFunction } from './health.types.js';

/** What a check has returned: an outcome, or something to wait for. */
export type CheckAnswer = ReadOutcome | { readonly later: Promise<unknown> };

/** Calls a check. What it throws is an outcome too. */
export function askCheck(fn: HealthCheckFunction, context: HealthCheckContext): CheckAnswer {
  try {
    const returned: unknown = fn(context);
    return isThenable(returned) ? { later: promiseOf(returned) } : readOutcome(returned);
  } catch (error) {
    return readFailure(error);
  }
}

/** Waits for what a check has promised. @returns what reads it; neither throws, however hostile the answer is. */
export async function readerOf(later: Promise<unknown>): Promise<() => ReadOutcome> {
  try {
    const returned = await later;
    return () => readAnswer(returned);
  } catch (error) {
    return () => readFailure(error);
  }
}

function readAnswer(returned: unknown): ReadOutcome {
  try {
    return readOutcome(returned);
  } catch (error) {
    return readFailure(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const canHaveMembers =
    (typeof value === 'object' && value !== null) || typeof value === 'function';
  return canHaveMembers && 'then' in value && typeof value.then === 'function';
}

/** Calls `then` here and now, so that the time it takes counts for the check. */
function promiseOf(thenable: PromiseLike<unknown>): Promise<unknown> {
  // Its class may have a `then` or a constructor of its own, which leave the rejection to nobody.
  adoptPromise(thenable);
  if (types.isPromise(thenable) && thenable.then === Promise.prototype.then) return thenable;
  return new Promise((resolve, reject) => {
    const settle = (value: unknown): void => {
      // Only the first counts, and the others may be promises too.
      adoptPromise(value);
      resolve(value);
    };
    void thenable.then(settle, reject);
  });
}
