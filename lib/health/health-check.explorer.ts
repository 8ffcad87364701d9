import { Injectable } from '@nestjs/common';
import { ContextIdFactory, ModuleRef, ModulesContainer } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import type { Module } from '@nestjs/core/injector/module.js';
import { errorText, showValue } from '../show-value.js';
import { SafeLogger } from '../tell.js';
import { markedMethods, type MarkedMethod } from './health-check.decorator.js';
import { assertCheckName, moduleCode, moduleHookName } from './health-check.name.js';
import { HealthRegistry } from './health.registry.js';
import type { HealthCheckContext, HealthCheckFunction, HealthCheckReturn } from './health.types.js';

/** A marked method of a provider, a controller or a module class, in the module that holds it. */
interface Found {
  readonly host: Module;
  readonly wrapper: InstanceWrapper;
  /** `undefined` when each run has an instance of its own. */
  readonly instance: object | undefined;
  readonly mark: MarkedMethod;
  /** Who it is to people: `OrdersModule / DatabaseHealth.check`. */
  readonly owner: string;
}

/**
 * Finds the methods marked with `@HealthCheck` in the whole DI graph and hands them to the registry.
 *
 * It reads prototypes and what the decorator has left there; it triggers no getter.
 */
@Injectable()
export class HealthCheckExplorer {
  readonly #logger = new SafeLogger();
  readonly #seen = new WeakSet<object>();
  readonly #failures: unknown[] = [];
  readonly #rebuilt: string[] = [];
  #modulesSeen = 0;
  #unresolved = 0;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly registry: HealthRegistry,
  ) {
    registry.discoverWith(() => this.#catchUp());
  }

  /** The checks whose instance is built anew for each run, being request-scoped or transient. */
  get rebuilt(): readonly string[] {
    return this.#rebuilt;
  }

  /**
   * Registers every marked method that is not registered yet.
   *
   * @throws Error when two checks have one name, or a name is not allowed; it names the owners. And when the graph
   * holds two explorers, each of which would find everything.
   */
  explore(): void {
    this.assertAlone();
    this.#look();
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** @throws Error when the graph holds two explorers, each of which would find everything. */
  assertAlone(): void {
    const holders = [...this.modules.values()].filter((host) =>
      host.providers.has(HealthCheckExplorer),
    );
    if (holders.length === 1) return;
    throw new Error(
      `ObservabilityModule is set up ${holders.length} times in one application: call forRoot() or forRootAsync() once, ` +
        'in the root module; where isGlobal is false, keep what it returns and import that',
    );
  }

  /** A lazily loaded module appears after bootstrap: then a bad check stops nothing, it is said and left out. */
  #catchUp(): void {
    if (this.#unresolved === 0 && this.modules.size === this.#modulesSeen) return;
    const known = this.#failures.length;
    this.#look();
    for (const failure of this.#failures.slice(known)) {
      this.#logger.error(`A health check was left out: ${errorText(failure)}`);
    }
  }

  #look(): void {
    this.#unresolved = 0;
    this.#modulesSeen = this.modules.size;
    for (const host of this.modules.values()) {
      for (const wrapper of host.providers.values()) this.#visit(host, wrapper);
      for (const wrapper of host.controllers.values()) this.#visit(host, wrapper);
    }
  }

  /** Most providers have no check, and most of the time at start would go into what is done for each of them. */
  #visit(host: Module, wrapper: InstanceWrapper): void {
    if (wrapper.isAlias) return;
    const rebuilt = wrapper.isTransient || !wrapper.isDependencyTreeStatic();
    const made = rebuilt ? undefined : wrapper.getInstanceByContextId(STATIC_CONTEXT);
    if (made !== undefined && !made.isResolved) {
      this.#unresolved += 1;
      return;
    }
    const instance: unknown = made?.instance;
    const prototype = rebuilt ? prototypeOfClass(wrapper) : prototypeOf(instance);
    const marks = marksOf(prototype);
    if (marks.length === 0 || this.#wasSeen(wrapper)) return;
    // A factory may hand out what another provider has made.
    if (isObject(instance) && this.#wasSeen(instance)) return;
    const known = isObject(instance) ? instance : undefined;
    for (const mark of marks) {
      const className = prototype?.constructor?.name ?? String(wrapper.name);
      const owner = `${host.name} / ${className}.${String(mark.key)}`;
      this.#add({ host, wrapper, instance: known, mark, owner });
    }
  }

  #wasSeen(thing: object): boolean {
    const seen = this.#seen.has(thing);
    this.#seen.add(thing);
    return seen;
  }

  #add(found: Found): void {
    try {
      const name = nameOf(found);
      this.registry.add(name, functionOf(found), found.mark.options, found.owner);
      if (found.instance === undefined) this.#rebuilt.push(name);
    } catch (error) {
      this.#failures.push(error);
    }
  }
}

function nameOf({ host, wrapper, instance, mark, owner }: Found): string {
  const isModuleClass = wrapper.metatype === host.metatype;
  try {
    if (mark.name === undefined && !isModuleClass) {
      throw new TypeError(
        '@HealthCheck() without a name is for module classes: give the check a name',
      );
    }
    if (typeof mark.name === 'function' && instance === undefined) {
      throw new TypeError(
        'a name made from the instance needs one instance for the life of the application, ' +
          'and this class is request-scoped or transient: give the check a fixed name',
      );
    }
    const name =
      typeof mark.name === 'function' ? mark.name(instance) : (mark.name ?? moduleCode(host.name));
    assertCheckName(name);
    return isModuleClass ? moduleHookName(name) : name;
  } catch (error) {
    throw new TypeError(`Health check of ${owner}: ${errorText(error)}`, { cause: error });
  }
}

function functionOf({ host, wrapper, instance, mark }: Found): HealthCheckFunction {
  if (instance !== undefined) return (context) => call(instance, mark.key, context);
  return async (context) => call(await buildFor(host, wrapper), mark.key, context);
}

/** The host's own `ModuleRef` finds the right instance where several modules provide the same class. */
async function buildFor(host: Module, wrapper: InstanceWrapper): Promise<object> {
  const moduleRef = host.getProviderByKey<ModuleRef>(ModuleRef).instance;
  const contextId = ContextIdFactory.create();
  // Without a registered request, whoever injects REQUEST would get undefined.
  moduleRef.registerRequestByContextId({ headers: {} }, contextId);
  return moduleRef.resolve<object>(wrapper.token as never, contextId, { strict: true });
}

function call(
  instance: object,
  key: string | symbol,
  context: HealthCheckContext,
): HealthCheckReturn | PromiseLike<HealthCheckReturn> {
  const method: unknown = Reflect.get(instance, key);
  if (typeof method !== 'function') {
    throw new TypeError(`${String(key)} is no longer a method but ${showValue(method)}`);
  }
  return (method as HealthCheckFunction).call(instance, context);
}

/** A factory's product has no known class before it is made. */
function prototypeOfClass(wrapper: InstanceWrapper): object | null {
  const prototype: unknown = wrapper.isFactory ? null : wrapper.metatype?.prototype;
  return isObject(prototype) ? prototype : null;
}

/** The marks of a prototype; a Proxy among its ancestors may refuse to tell. */
function marksOf(prototype: object | null): MarkedMethod[] {
  try {
    return markedMethods(prototype);
  } catch {
    return [];
  }
}

/** The prototype of an instance; a Proxy may refuse to tell. */
function prototypeOf(instance: unknown): object | null {
  try {
    return isObject(instance) ? (Object.getPrototypeOf(instance) as object | null) : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
