import { assertDecoratedMethod, memberName } from '../decorated-method.js';
import { assertCheckName } from './health-check.name.js';
import { assertCheckOptions, type HealthCheckOptions } from './health-check.options.js';
import type { HealthCheckFunction } from './health.types.js';

/** A fixed name, or one made from the instance, for classes that the graph holds more than once. */
// What is decorated is not known where the name is made, and `(self) => self.name` must compile.
// oxlint-disable-next-line typescript/no-explicit-any -- the one `any` of this package
export type HealthCheckName = string | ((self: any) => string);

/** A method that was marked as a health check. */
export interface MarkedMethod {
  readonly key: string | symbol;
  /** `undefined` on a module class whose code makes the name. */
  readonly name: HealthCheckName | undefined;
  readonly options: HealthCheckOptions;
}

/** Accepts only methods that are health checks. */
export type HealthCheckDecorator = <Method extends HealthCheckFunction>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** Shared by all copies of this package in a process, so that each finds what another has marked. */
const MARKED = Symbol.for('nestjs-observability:health-checks');

/**
 * Marks a method of a provider, a controller or a module class as a health check. Inherited methods count.
 *
 * On a module class it is that module's health hook, registered as `module:<name>`; without a name there, the code
 * comes from the class: `OrderHistoryModule` → `module:order-history`. Elsewhere a name is needed.
 *
 * Not to be mixed up with `HealthCheck` of `@nestjs/terminus`, which marks a route and registers nothing.
 *
 * @param name 1 to 64 letters, digits and `_ . : -`, or a function that makes such a name from the instance.
 * @throws TypeError at once when the name or an option is not what it must be, or what is decorated is not a method.
 * @example
 * @HealthCheck('database', { timeoutMs: 500 })
 * async check({ signal }: HealthCheckContext) { await this.pool.query('select 1'); }
 */
export function HealthCheck(
  name?: HealthCheckName,
  options: HealthCheckOptions = {},
): HealthCheckDecorator {
  const shown = name === undefined ? '' : typeof name === 'string' ? `'${name}'` : '…';
  const subject = `@HealthCheck(${shown})`;
  if (name !== undefined && typeof name !== 'function') assertCheckName(name);
  assertCheckOptions(subject, options);

  return (target: object, key: string | symbol, descriptor?: PropertyDescriptor): void => {
    assertDecoratedMethod(subject, target, key, descriptor);
    const own = ownMarks(target) ?? new Map<string | symbol, MarkedMethod>();
    if (own.has(key)) {
      throw new TypeError(
        `${subject} on ${memberName(target, key)}: the method is marked already.`,
      );
    }
    own.set(key, { key, name, options });
    Object.defineProperty(target, MARKED, { value: own, configurable: true });
  };
}

/** The marked methods of a prototype, inherited ones first; one that is marked again counts as it was marked last. */
export function markedMethods(prototype: object | null): MarkedMethod[] {
  // Asked of every provider of an application, of which few have a mark.
  if (prototype === null || !Reflect.has(prototype, MARKED)) return [];
  const chain: object[] = [];
  let link: object | null = prototype;
  while (link !== null) {
    chain.unshift(link);
    link = Object.getPrototypeOf(link) as object | null;
  }
  const merged = new Map<string | symbol, MarkedMethod>();
  for (const owner of chain) {
    for (const [key, mark] of ownMarks(owner) ?? []) merged.set(key, mark);
  }
  return [...merged.values()];
}

function ownMarks(target: object): Map<string | symbol, MarkedMethod> | undefined {
  return Object.getOwnPropertyDescriptor(target, MARKED)?.value as
    Map<string | symbol, MarkedMethod> | undefined;
}
