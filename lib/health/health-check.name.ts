import { showValue } from '../show-value.js';

const NAME = /^[A-Za-z0-9_.:-]{1,64}$/;
const MODULE_PREFIX = 'module:';

/**
 * Checks the name that a user gives to a health check.
 *
 * @throws TypeError when it is not 1 to 64 letters, digits and `_ . : -`, or takes the prefix kept for module hooks.
 */
export function assertCheckName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(
      `A health check's name is 1 to 64 letters, digits and "_", ".", ":", "-"; got ${showValue(name)}.`,
    );
  }
  if (name.startsWith(MODULE_PREFIX)) {
    throw new TypeError(
      `The health check name ${JSON.stringify(name)} starts with "module:", which is kept for the hooks of modules: ` +
        `use another name, or decorate a method of the module class with @HealthCheck('${name.slice(MODULE_PREFIX.length)}').`,
    );
  }
}

/** The name under which a module's health hook is registered: `billing` → `module:billing`. */
export function moduleHookName(code: string): string {
  return MODULE_PREFIX + code;
}

/** Says whether a check is a module's health hook. */
export function isModuleHook(name: string): boolean {
  return name.startsWith(MODULE_PREFIX);
}

/** The code of a module class that names none itself: `OrderHistoryModule` → `order-history`. */
export function moduleCode(className: string): string {
  const stem = className.replace(/(?<=.)Module$/, '');
  return stem
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}
