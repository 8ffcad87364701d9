import * as fc from 'fast-check';
import { HealthCheck, HealthRegistry } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { assertCheckName, moduleCode, moduleHookName } from '../../lib/health/health-check.name.js';
import { TIMEOUT_MS, tries } from './runs.js';

const ok = (): void => {};

const signs = (text: string) => fc.constantFrom(...Array.from(text));

const allowed = 'abcxyzABCXYZ0189_.:-';
const nearly = `${allowed} /\\'"$é\u00e4\u0000\n\r\t\u001b\u007f\u0085\u009b\u2028\u2029\u202e`;

const name = fc.oneof(
  fc.string({ unit: signs(allowed), maxLength: 70, size: 'max' }),
  fc.string({ unit: signs(nearly), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.string({ unit: signs(nearly), maxLength: 3_000, size: 'max' }),
  fc.string({ unit: signs(allowed) }).map((end) => `module:${end}`),
  fc.constantFrom('module', 'Module:a', 'a:module:b', '__proto__', 'constructor', 'toString', ''),
);

const noString = fc
  .oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
    name.map((text) => Symbol(text)),
    name.map((text) => [text]),
    name.map((text) => ({ [text]: text, toString: () => 'db' })),
    name.map((text) => new String(text)),
    fc.constant(new Proxy({}, { get: () => 'db' })),
  )
  .filter((value) => typeof value !== 'string');

const isAllowed = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.length >= 1 &&
  value.length <= 64 &&
  Array.from(value).every((sign) => /[a-zA-Z0-9]/.test(sign) || '_.:-'.includes(sign)) &&
  value.slice(0, 7) !== 'module:';

/** A terminal or a log takes these for more than text. */
const COMMAND = /[\p{Cc}\u2028\u2029]/u;

function messageOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof TypeError ? error.message : `no TypeError: ${String(error)}`;
  }
}

function expectReadable(message: string): void {
  expect(message).not.toMatch(COMMAND);
  expect(message.length).toBeLessThanOrEqual(700);
}

describe('the name of a check', { timeout: TIMEOUT_MS }, () => {
  it.each([
    ['registerCheck()', (value: never) => new HealthRegistry().registerCheck(value, ok)],
    ['assertCheckName()', (value: never) => assertCheckName(value)],
    [
      '@HealthCheck()',
      (value: never) => (value === undefined ? assertCheckName(value) : HealthCheck(value)),
    ],
  ])('is what %s accepts, and nothing else is', (_where, call) => {
    const property = fc.property(fc.oneof(name, noString), (value) => {
      const message = messageOf(() => call(value as never));
      expect(message === undefined).toBe(isAllowed(value));
      if (message === undefined) return;
      expectReadable(message);
      expect(message).toMatch(
        /^(A health check's name is 1 to 64 letters|The health check name "module:)/,
      );
      const shown = typeof value === 'string' && /^[\w.:-]+$/.test(value) ? value : '';
      expect(message).toContain(shown.slice(0, 150));
    });
    fc.assert(property, tries(500));
  });

  it('registers, is listed and is removed as it is', async () => {
    const names = fc.uniqueArray(name.filter(isAllowed), { maxLength: 10 });
    const property = fc.asyncProperty(names, async (given) => {
      const registry = new HealthRegistry();
      for (const one of given) registry.registerCheck(one, ok);
      expect(registry.names()).toEqual(given);
      expect(Object.keys(await registry.asIndicator()).toSorted()).toEqual(given.toSorted());
      expect((await registry.run()).checks.map((check) => check.name)).toEqual(given);
      for (const one of given) expect(registry.unregister(one)).toBe(true);
      expect(registry.names()).toEqual([]);
    });
    await fc.assert(property, tries(100));
  });

  it('that nobody has registered is shown in one line', async () => {
    const property = fc.asyncProperty(name, async (unknown) => {
      const error: unknown = await new HealthRegistry().runCheck(unknown).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(Error);
      expectReadable((error as Error).message);
    });
    await fc.assert(property, tries(300));
  });
});

describe('the code of a module class', { timeout: TIMEOUT_MS }, () => {
  const register = (code: string): unknown => {
    assertCheckName(code);
    return new HealthRegistry().add(moduleHookName(code), ok, {}, 'a module');
  };

  it('is a name that is accepted, or the error says why not', () => {
    const className = fc.oneof(
      name,
      name.map((stem) => `${stem}Module`),
    );
    const property = fc.property(className, (given) => {
      const code = moduleCode(given);
      const message = messageOf(() => register(code));
      expect(message === undefined).toBe(isAllowed(code));
      if (message !== undefined) expectReadable(message);
      expect(code).toBe(code.toLowerCase());
    });
    fc.assert(property, tries(1_000));
  });

  it('comes of every name of a class in ASCII that is not too long', () => {
    const first = signs('abzABZ_');
    const rest = fc.string({ unit: signs('abzABZ_019'), maxLength: 31, size: 'max' });
    const property = fc.property(first, rest, fc.constantFrom('', 'Module'), (a, b, end) => {
      const code = moduleCode(`${a}${b}${end}`);
      expect(messageOf(() => register(code))).toBeUndefined();
      expect(code.replaceAll('-', '')).toBe(
        `${a}${b}${end}`.replace(/(?<=.)Module$/, '').toLowerCase(),
      );
      expect(code).not.toMatch(/^-|-$|--/);
    });
    fc.assert(property, tries(500));
  });
});
