import { adoptPromise } from '../adopt-promise.js';
import type { HealthCheckContext } from './health.types.js';

type Callback = (this: unknown, event: Event) => unknown;
type Listener = Callback | { handleEvent(event: Event): unknown };
type Register = (type: string, listener: unknown, options?: unknown) => void;

/** An `AbortSignal` that is made when somebody asks for it: most checks never do, and it costs more than they. */
export class GuardedSignal {
  readonly #report: (error: unknown) => void;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  /** @param report is told what a listener has thrown, or what its promise was rejected with. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** The signal. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      guardSignal(this.#controller.signal, this.#report);
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Aborts the signal, also one that nobody has asked for yet. Only the first reason counts. */
  abort(reason: Error): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }
}

/** What a run hands to its check: the signal, and nothing by which the check could abort itself. */
export class RunContext implements HealthCheckContext {
  readonly #guarded: GuardedSignal;

  constructor(guarded: GuardedSignal) {
    this.#guarded = guarded;
  }

  /** Aborted when nobody waits for the run any more. */
  get signal(): AbortSignal {
    return this.#guarded.signal;
  }
}

/**
 * Makes a signal whose own listeners cannot end the process; those of a signal that is made from it still can. Node turns what a listener of an `AbortSignal` throws into an
 * uncaught exception, and it would be the passing of a deadline that caused it.
 */
function guardSignal(signal: AbortSignal, report: (error: unknown) => void): void {
  const guards = new WeakMap<object, Callback>();
  const guardOf = (listener: unknown): unknown => {
    if (!isListener(listener)) return listener;
    const guard = guards.get(listener) ?? makeGuard(listener, report);
    guards.set(listener, guard);
    return guard;
  };
  const add = signal.addEventListener.bind(signal) as Register;
  const remove = signal.removeEventListener.bind(signal) as Register;
  const through =
    (register: Register): Register =>
    (type, listener, options) =>
      register(type, guardOf(listener), options);
  let onAbort: unknown = null;

  Object.defineProperties(signal, {
    addEventListener: { value: through(add) },
    removeEventListener: { value: through(remove) },
    onabort: {
      get: () => onAbort,
      set: (listener: unknown) => {
        if (onAbort !== null) remove('abort', guardOf(onAbort));
        onAbort = typeof listener === 'function' ? listener : null;
        if (onAbort !== null) add('abort', guardOf(onAbort));
      },
    },
  });
}

function makeGuard(listener: Listener, report: (error: unknown) => void): Callback {
  return async function guarded(event): Promise<void> {
    try {
      const returned =
        typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event);
      adoptPromise(returned);
      await returned;
    } catch (error) {
      report(error);
    }
  };
}

function isListener(value: unknown): value is Listener {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}
