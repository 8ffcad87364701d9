import type { ModulesContainer } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import type { CapturingMethods } from './capturing-methods.js';
import type { SentryService } from '../sentry.service.js';
import {
  handlerKindsOf,
  watcherOfHandler,
  type HandlerErrors,
  type HandlerKind,
} from './watched-handler.js';
import { watchMethod } from '../watched-method.js';

/** A method that NestJS calls outside of HTTP. */
interface FoundHandler {
  /** The prototype that has it; a subclass may have inherited it. */
  readonly home: object;
  readonly key: string;
  readonly kinds: readonly HandlerKind[];
}

/**
 * Watches the handlers of an application that HTTP does not reach: jobs of `@nestjs/schedule`, listeners of
 * `@nestjs/event-emitter`, and those of microservices and gateways. None of these packages is needed.
 *
 * It reads prototypes and metadata; it triggers no getter.
 */
export class HandlerExplorer {
  /** The handlers of a prototype, the inherited ones too. */
  readonly #found = new WeakMap<object, readonly FoundHandler[]>();
  /** The instances whose class has a handler, by the prototype that has it and its name. */
  readonly #instances = new Map<object, Map<string, WeakSet<object>>>();
  /** All instances of classes with handlers. */
  readonly #known = new WeakSet<object>();
  readonly #undo: (() => void)[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    private readonly sentry: SentryService,
    private readonly capturing: CapturingMethods,
    private readonly errors: HandlerErrors,
  ) {
    capturing.start(sentry);
  }

  /**
   * Looks through the whole DI graph for what it has not found yet: before NestJS reads the methods, which for a
   * microservice it does as soon as there are instances, and again when there are more of those.
   */
  explore(): void {
    for (const host of this.modules.values()) {
      for (const wrapper of host.providers.values()) this.#visit(wrapper);
      for (const wrapper of host.controllers.values()) this.#visit(wrapper);
    }
  }

  /** The application has closed: nothing is watched for it any more. */
  close(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#instances.clear();
    this.capturing.close();
  }

  #visit(wrapper: InstanceWrapper): void {
    if (wrapper.isAlias) return;
    const instance: unknown = wrapper.getInstanceByContextId(STATIC_CONTEXT).instance;
    const prototype: unknown = isObject(instance)
      ? prototypeOf(instance)
      : wrapper.isNotMetatype
        ? undefined
        : wrapper.metatype?.prototype;
    if (!isObject(prototype)) return;
    for (const handler of this.#handlersOf(prototype)) this.#own(handler, instance);
    if (isObject(instance) && wrapper.isNotMetatype) this.capturing.add(instance);
  }

  /** One prototype may be that of several providers, and is read once. */
  #handlersOf(prototype: object): readonly FoundHandler[] {
    const known = this.#found.get(prototype);
    if (known !== undefined) return known;
    const handlers = findHandlers(prototype);
    this.#found.set(prototype, handlers);
    for (const handler of handlers) this.#watch(handler);
    return handlers;
  }

  #watch({ home, key, kinds }: FoundHandler): void {
    const instances = this.#instances.get(home) ?? new Map<string, WeakSet<object>>();
    if (instances.has(key)) return;
    const own = new WeakSet<object>();
    this.#instances.set(home, instances.set(key, own));
    const { sentry, errors } = this;
    const owns = (self: unknown): boolean | undefined => {
      if (!isObject(self)) return undefined;
      if (own.has(self)) return true;
      // It has overridden the method, and calls it by `super`; any other may belong to a request, or elsewhere.
      return this.#known.has(self) ? false : undefined;
    };
    const undo = watchMethod(home, key, watcherOfHandler({ key, kinds, sentry, errors, owns }));
    if (undo !== undefined) this.#undo.push(undo);
  }

  #own({ home, key }: FoundHandler, instance: unknown): void {
    if (!isObject(instance)) return;
    this.#known.add(instance);
    this.#instances.get(home)?.get(key)?.add(instance);
  }
}

/** What NestJS finds, which looks for the names of methods along the chain and takes the nearest of each name. */
function findHandlers(prototype: object): FoundHandler[] {
  const handlers: FoundHandler[] = [];
  const names = new Set<string>(['constructor']);
  try {
    for (const home of chainOf(prototype)) {
      for (const key of Object.getOwnPropertyNames(home)) {
        if (names.has(key)) continue;
        names.add(key);
        const method: unknown = Object.getOwnPropertyDescriptor(home, key)?.value;
        const kinds = typeof method === 'function' ? handlerKindsOf(method) : [];
        if (kinds.length > 0) handlers.push({ home, key, kinds });
      }
    }
  } catch {
    // A Proxy among the ancestors of a prototype may refuse to tell.
  }
  return handlers;
}

function* chainOf(prototype: object): Generator<object> {
  let home: object | null = prototype;
  while (home !== null && home !== Object.prototype) {
    yield home;
    home = Object.getPrototypeOf(home) as object | null;
  }
}

/** The prototype of an instance; a Proxy may refuse to tell. */
function prototypeOf(instance: object): unknown {
  try {
    return Object.getPrototypeOf(instance);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
