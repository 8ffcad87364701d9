import { showValue } from './show-value.js';

/**
 * Checks that what a decorator stands on is an instance method.
 *
 * @param subject names the decorator in the error.
 * @throws TypeError that names the class and the member, and says what is accepted.
 */
export function assertDecoratedMethod(
  subject: string,
  target: unknown,
  key: unknown,
  descriptor: PropertyDescriptor | undefined,
): void {
  const fail = (what: string, wayOut: string): never => {
    throw new TypeError(`${subject} ${what}: ${wayOut}.`);
  };
  if (typeof key === 'object' && key !== null && 'kind' in key) {
    fail(
      'was called as a standard decorator',
      'NestJS needs "experimentalDecorators": true in tsconfig.json',
    );
  }
  // A parameter of the constructor has no key either.
  if (typeof descriptor === 'number') {
    fail(`is on a parameter of ${memberName(target, key ?? 'constructor')}`, 'put it on a method');
  }
  if (key === undefined) fail('is on a class', 'put it on a method');
  const where = memberName(target, key);
  if (typeof target === 'function')
    fail(`is on the static ${where}`, 'put it on an instance method');
  if (descriptor?.get !== undefined || descriptor?.set !== undefined) {
    fail(`is on the accessor ${where}`, 'put it on a method');
  }
  if (typeof descriptor?.value !== 'function') {
    fail(
      `is on the property ${where}, which is ${showValue(descriptor?.value)}`,
      'make it a method; an arrow function kept in a property does not count',
    );
  }
}

/** How a member of a class is called in messages: `Orders.place`. */
export function memberName(target: unknown, key: unknown): string {
  const owner = typeof target === 'function' ? target : (target as object | null)?.constructor;
  return `${owner?.name ?? 'a class'}.${String(key)}`;
}
