import { types } from 'node:util';
import { defer, finalize, isObservable, tap, type Observable } from 'rxjs';

/** Any method. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** How a call of a method, or a subscription to what it has returned, came to its end. */
export type Outcome = 'success' | 'failure';

/** Follows calls to their end. */
export interface CallFollower {
  /** Called when one begins. @returns what `end` wants to know of it. */
  begin(): number;
  /** Called when it has ended, with what it has thrown or rejected with. */
  end(outcome: Outcome, begun: number, error?: unknown): void;
}

/** On a method whose promise nobody else can have, being made anew by each call. */
const ASYNC = Symbol('async method');

/** Whether each call of a method makes a promise that nobody else has. */
export function isAsyncMethod(method: Method): boolean {
  // To Node.js an async generator is an async function, too, and what it returns is no promise.
  const isPromising = types.isAsyncFunction(method) && !types.isGeneratorFunction(method);
  return isPromising || Reflect.has(method, ASYNC);
}

/**
 * Calls a method, and tells the follower when it has ended: a promise when it settles, an observable with each
 * subscription. What the method takes, returns and throws stays as it is.
 *
 * @param isAsync what {@link isAsyncMethod} says of it.
 */
export function followCall(
  method: Method,
  self: unknown,
  args: unknown[],
  isAsync: boolean,
  follower: CallFollower,
): unknown {
  const begun = follower.begin();
  let result: unknown;
  try {
    result = Reflect.apply(method, self, args);
  } catch (error) {
    end(follower, 'failure', begun, error);
    throw error;
  }
  return isAsync ? awaited(result, follower, begun) : followed(result, follower, begun);
}

/**
 * Makes a method that calls another look like it, to whoever reads its name, its length or what decorators have left on
 * it.
 */
export function takeAfter(copy: Method, original: Method): void {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) Reflect.defineProperty(copy, key, descriptor);
  }
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), copy);
  }
  if (isAsyncMethod(original)) Object.defineProperty(copy, ASYNC, { value: true });
}

/** A promise in the place of one that nobody else has: a rejection that nobody handles stays one. */
async function awaited(promise: unknown, follower: CallFollower, begun: number): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    end(follower, 'failure', begun, error);
    throw error;
  }
  end(follower, 'success', begun);
  return value;
}

function followed(result: unknown, follower: CallFollower, begun: number): unknown {
  // A thenable of another kind may do its work once more each time it is asked.
  if (types.isPromise(result)) {
    watch(result, (outcome, error) => end(follower, outcome, begun, error));
    return result;
  }
  if (isStream(result)) return followedStream(result, follower);
  end(follower, 'success', begun);
  return result;
}

/** Others may have this very promise, so it is handed on as it is. */
function watch(
  promise: Promise<unknown>,
  settled: (outcome: Outcome, error?: unknown) => void,
): void {
  try {
    // Not its own `then`, which a class of promises may have made do more.
    void Promise.prototype.then.call(
      promise,
      () => settled('success'),
      (error: unknown) => settled('failure', error),
    );
  } catch {
    // Its class refuses to make another promise for `then` to return.
    settled('success');
  }
}

/** Whether it is an observable and no more: a subject, or a class of the application's own, has methods that would be lost. */
function isStream(result: unknown): result is Observable<unknown> {
  if (typeof result !== 'object' || result === null) return false;
  try {
    if (!isObservable(result) || Reflect.has(result, 'connect')) return false;
    const parent = Object.getPrototypeOf(Object.getPrototypeOf(result)) as object | null;
    // `subject.pipe(…)` is a subject to look at.
    return parent === Object.prototype || isObservable(Reflect.get(result, 'source'));
  } catch {
    return false;
  }
}

/** The same observable, as cold as it was; each subscription is recorded when it ends. */
function followedStream(source: Observable<unknown>, follower: CallFollower): Observable<unknown> {
  return defer(() => {
    const begun = follower.begin();
    let hasEnded = false;
    const ended = (outcome: Outcome, error?: unknown): void => {
      if (!hasEnded) end(follower, outcome, begun, error);
      hasEnded = true;
    };
    return source.pipe(
      tap({ error: (error: unknown) => ended('failure', error), complete: () => ended('success') }),
      // Whoever has seen enough, and unsubscribes, has not failed.
      finalize(() => ended('success')),
    );
  });
}

/** Nothing that is made of its end is worth a failed call. */
function end(follower: CallFollower, outcome: Outcome, begun: number, error?: unknown): void {
  try {
    follower.end(outcome, begun, error);
  } catch {
    // Whoever follows calls and keeps to the contract does not get here.
  }
}
