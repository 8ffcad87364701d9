import {
  followCall,
  isAsyncMethod,
  takeAfter,
  type CallFollower,
  type Method,
} from '../followed-call.js';

/** Watches the calls of methods for one application. Nothing in it throws but what the call throws. */
export interface MethodWatcher {
  /** Whether a call is one of its application; `undefined` where that cannot be told. */
  owns(self: unknown, args: readonly unknown[]): boolean | undefined;
  /**
   * Makes the call.
   *
   * @param call takes who is told how it ends; nobody given: {@link follower}.
   * @param self whose method is called.
   * @returns what it returns.
   */
  around?(call: WatchedCall, args: readonly unknown[], self: unknown): unknown;
  /** Is told how the call ends. */
  readonly follower?: CallFollower;
}

/** Makes a call that is watched. */
export type WatchedCall = (follower?: CallFollower) => unknown;

/** Those who watch a method, kept on what has taken its place. */
interface Watched {
  readonly method: Method;
  readonly watchers: Set<MethodWatcher>;
}

const WATCHED = Symbol('watched method');

/** A method that calls another, looks like it, and can be watched. */
export function watchable(method: Method): Method {
  const watchers = new Set<MethodWatcher>();
  const isAsync = isAsyncMethod(method);
  const watched: Method = function (...args) {
    const watcher = watchers.size === 0 ? undefined : watcherOf(watchers, this, args);
    if (watcher === undefined) return Reflect.apply(method, this, args);
    const call: WatchedCall = (follower = watcher.follower) =>
      follower === undefined
        ? Reflect.apply(method, this, args)
        : followCall(method, this, args, isAsync, follower);
    return watcher.around === undefined ? call() : watcher.around(call, args, this);
  };
  takeAfter(watched, method);
  const value: Watched = { method: watched, watchers };
  Object.defineProperty(watched, WATCHED, { value, configurable: true });
  return watched;
}

/** Watches what {@link watchable} has made. @returns what ends it. */
export function watch(watched: Method, watcher: MethodWatcher): () => void {
  const watchers = watchersOf(watched);
  watchers?.add(watcher);
  return () => watchers?.delete(watcher);
}

/**
 * Watches a method from now on; what has been taken from its object before is not watched.
 *
 * @param object that has the method, itself or by inheritance; the method is replaced there.
 * @returns what ends it, or `undefined` where there is no such method, or it cannot be replaced.
 */
export function watchMethod(
  object: object,
  key: PropertyKey,
  watcher: MethodWatcher,
): (() => void) | undefined {
  try {
    const current: unknown = Reflect.get(object, key);
    if (typeof current !== 'function') return undefined;
    const isOwn = Object.hasOwn(object, key);
    const watched =
      isOwn && watchersOf(current) !== undefined
        ? (current as Method)
        : replaced(object, key, current as Method);
    return watched && watch(watched, watcher);
  } catch {
    // A getter, or a Proxy, that throws.
    return undefined;
  }
}

/** Those who watch a function, unless that has merely been copied from one that is watched. */
function watchersOf(method: unknown): Set<MethodWatcher> | undefined {
  const watched = (method as { [WATCHED]?: Watched })[WATCHED];
  return watched?.method === method ? watched?.watchers : undefined;
}

/** Puts a method that can be watched in the place of one. */
function replaced(object: object, key: PropertyKey, method: Method): Method | undefined {
  const own = Reflect.getOwnPropertyDescriptor(object, key);
  if (own?.get !== undefined || own?.set !== undefined) return undefined;
  const value = watchable(method);
  const { enumerable = false, writable = true, configurable = true } = own ?? {};
  const isReplaced = Reflect.defineProperty(object, key, {
    value,
    enumerable,
    writable,
    configurable,
  });
  return isReplaced ? value : undefined;
}

/** The one whose application the call is of. Where none can tell, one alone must be it, and of several any may be wrong. */
function watcherOf(
  watchers: ReadonlySet<MethodWatcher>,
  self: unknown,
  args: readonly unknown[],
): MethodWatcher | undefined {
  const unsure: MethodWatcher[] = [];
  for (const watcher of watchers) {
    const owns = watcher.owns(self, args);
    if (owns === true) return watcher;
    if (owns === undefined) unsure.push(watcher);
  }
  return unsure.length === 1 ? unsure[0] : undefined;
}
