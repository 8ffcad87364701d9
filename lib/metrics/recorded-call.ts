import { types } from 'node:util';
import { defer, finalize, isObservable, tap, type Observable } from 'rxjs';
import {
  recorderOf,
  type MethodMeasurement,
  type MethodRecorder,
  type Outcome,
} from './method-measurement.js';

/** Any method. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** On a method whose promise nobody else can have, being made anew by each call. */
const ASYNC = Symbol('async method');

/** A method that calls another and looks like it; each call is recorded where its instance has something to record with. */
export function recorded(method: Method, measurement: MethodMeasurement): Method {
  // To Node.js an async generator is an async function, too, and what it returns is no promise.
  const isPromising = types.isAsyncFunction(method) && !types.isGeneratorFunction(method);
  const isAsync = isPromising || Reflect.has(method, ASYNC);
  const call: Method = function (...args) {
    const recorder = recorderOf(this, measurement);
    if (recorder === undefined) return Reflect.apply(method, this, args);
    const begun = recorder.begin();
    let result: unknown;
    try {
      result = Reflect.apply(method, this, args);
    } catch (error) {
      end(recorder, 'failure', begun);
      throw error;
    }
    return isAsync ? awaited(result, recorder, begun) : followed(result, recorder, begun);
  };
  takeAfter(call, method);
  if (isAsync) Object.defineProperty(call, ASYNC, { value: true });
  return call;
}

/** A promise in the place of one that nobody else has: a rejection that nobody handles stays one. */
async function awaited(
  promise: unknown,
  recorder: MethodRecorder,
  begun: number,
): Promise<unknown> {
  let outcome: Outcome = 'failure';
  try {
    const value = await promise;
    outcome = 'success';
    return value;
  } finally {
    end(recorder, outcome, begun);
  }
}

function followed(result: unknown, recorder: MethodRecorder, begun: number): unknown {
  // A thenable of another kind may do its work once more each time it is asked.
  if (types.isPromise(result)) {
    watch(result, (outcome) => end(recorder, outcome, begun));
    return result;
  }
  if (isStream(result)) return followedStream(result, recorder);
  end(recorder, 'success', begun);
  return result;
}

/** Others may have this very promise, so it is handed on as it is. */
function watch(promise: Promise<unknown>, settled: (outcome: Outcome) => void): void {
  try {
    // Not its own `then`, which a class of promises may have made do more.
    void Promise.prototype.then.call(
      promise,
      () => settled('success'),
      () => settled('failure'),
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
function followedStream(
  source: Observable<unknown>,
  recorder: MethodRecorder,
): Observable<unknown> {
  return defer(() => {
    const begun = recorder.begin();
    let hasEnded = false;
    const ended = (outcome: Outcome): void => {
      if (!hasEnded) end(recorder, outcome, begun);
      hasEnded = true;
    };
    return source.pipe(
      tap({ error: () => ended('failure'), complete: () => ended('success') }),
      // Whoever has seen enough, and unsubscribes, has not failed.
      finalize(() => ended('success')),
    );
  });
}

/** No metric is worth a failed call. */
function end(recorder: MethodRecorder, outcome: Outcome, begun: number): void {
  try {
    recorder.end(outcome, begun);
  } catch {
    // A client of metrics that keeps to the contract does not get here.
  }
}

/** Makes a function look like another to whoever reads its name, its length or what decorators have left on it. */
function takeAfter(copy: Method, original: Method): void {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) Reflect.defineProperty(copy, key, descriptor);
  }
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), copy);
  }
}
