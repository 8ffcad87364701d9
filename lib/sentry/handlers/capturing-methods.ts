import { Global, Injectable, Module } from '@nestjs/common';
import type { Method } from '../../followed-call.js';
import type { SentryService } from '../sentry.service.js';
import type { SentryCaptureContext } from '../sentry.types.js';
import { watch, type MethodWatcher } from '../watched-method.js';

/** A method whose errors are captured. */
export interface CapturingMethod {
  readonly key: string | symbol;
  /** Can be watched. */
  readonly method: Method;
  readonly context: SentryCaptureContext;
}

const CAPTURING = Symbol('methods whose errors are captured');

/**
 * Leaves on a prototype that the errors of one of its methods are captured.
 *
 * @returns whether it is the first of the class and of those that it inherits from.
 */
export function addCapturingMethod(prototype: object, method: CapturingMethod): boolean {
  const isFirst = !Reflect.has(prototype, CAPTURING);
  const value = [...ownMethods(prototype), method];
  Object.defineProperty(prototype, CAPTURING, { value, configurable: true });
  return isFirst;
}

/** Whether the errors of a method of this very prototype are captured. */
export function hasCapturingMethod(prototype: object, key: string | symbol): boolean {
  return ownMethods(prototype).some((method) => method.key === key);
}

/**
 * Captures the errors of the decorated methods of one application.
 *
 * It depends on nothing, since every class with such a method is injected with it: that of the module's options, too.
 */
@Injectable()
export class CapturingMethods {
  readonly #instances = new WeakSet<object>();
  readonly #watched = new Map<CapturingMethod, () => void>();
  #sentry: SentryService | undefined;
  #isClosed = false;

  /** Captures what the methods of an instance fail with. Never throws. */
  add(instance: object): void {
    try {
      const methods = methodsOf(Object.getPrototypeOf(instance) as object | null);
      if (methods.length === 0 || this.#isClosed) return;
      this.#instances.add(instance);
      for (const method of methods) this.#watch(method);
    } catch {
      // A Proxy may refuse; then its methods are called as if they were not decorated.
    }
  }

  /** Captures from now on. */
  start(sentry: SentryService): void {
    this.#sentry = sentry;
  }

  /** The application has closed: nothing is watched for it any more. */
  close(): void {
    this.#isClosed = true;
    for (const undo of this.#watched.values()) undo();
    this.#watched.clear();
  }

  #watch(method: CapturingMethod): void {
    if (this.#watched.has(method)) return;
    const watcher: MethodWatcher = {
      owns: (self) => this.#instances.has(self as object),
      // Outside of a request what the method tells of a user would be on all later events.
      around: (call) =>
        this.#sentry === undefined ? call() : this.#sentry.isolateOutside(() => call()),
      follower: {
        begin: () => 0,
        end: (outcome, _begun, error) => {
          if (outcome === 'failure') this.#sentry?.captureException(error, method.context);
        },
      },
    };
    this.#watched.set(method, watch(method.method, watcher));
  }
}

/** Provides {@link CapturingMethods} to every class of an application, whatever is and is not global there. */
@Global()
@Module({ providers: [CapturingMethods], exports: [CapturingMethods] })
export class CapturingMethodsModule {}

/** The methods of a prototype whose errors are captured, the inherited ones too. */
function methodsOf(prototype: object | null): CapturingMethod[] {
  // Asked of every instance that a factory has made, of which few have a decorated method.
  if (prototype === null || !Reflect.has(prototype, CAPTURING)) return [];
  const parent = Object.getPrototypeOf(prototype) as object | null;
  return [...methodsOf(parent), ...ownMethods(prototype)];
}

function ownMethods(prototype: object): readonly CapturingMethod[] {
  const value: unknown = Object.getOwnPropertyDescriptor(prototype, CAPTURING)?.value;
  return Array.isArray(value) ? (value as CapturingMethod[]) : [];
}
