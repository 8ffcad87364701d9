import type { HealthRegistry } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../support/boot.js';
import { bootFaulty } from './faulty-app.js';

type Register = (registry: HealthRegistry) => unknown;

const ok = (): void => {};

const named =
  (name: unknown): Register =>
  (registry) =>
    registry.registerCheck(name as never, ok);

const checking =
  (check: unknown): Register =>
  (registry) =>
    registry.registerCheck('db', check as never);

const within =
  (timeoutMs: unknown): Register =>
  (registry) =>
    registry.registerCheck('db', ok, { timeoutMs: timeoutMs as never });

const NAME = 'letters, digits';
const TIMEOUT = 'timeoutMs is';

/** What is registered, and what the error says. */
const REFUSED: readonly (readonly [string, Register, string])[] = [
  [
    'a name that is taken',
    named('taken'),
    'is registered twice: by a call of registerCheck() and by a call',
  ],
  ['an empty name', named(''), NAME],
  ['a name of a thousand characters', named('x'.repeat(1_000)), NAME],
  ['a name with an emoji', named('db-🐘'), NAME],
  ['a name with a quotation mark', named('a"b'), NAME],
  ['a name of several lines', named('a\nFAKE LINE\u001b[31m'), NAME],
  ['a name with a space', named('a b'), NAME],
  ['a name that looks like a path', named('../etc'), NAME],
  ['a name that is kept for modules', named('module:db'), 'kept for the hooks of modules'],
  ['a name that is a symbol', named(Symbol('db')), NAME],
  ['a name that is an object', named({ toString: () => 'db' }), NAME],
  ['no name', named(undefined), NAME],
  ['no check', checking(undefined), 'the check is undefined; accepted is a function'],
  ['a check that is a promise', checking(Promise.resolve()), 'accepted is a function'],
  ['a check that is an object', checking({ check: ok }), 'accepted is a function'],
  ['a deadline of 0 ms', within(0), TIMEOUT],
  ['a deadline below 0', within(-1), TIMEOUT],
  ['a deadline that is not a number', within(Number.NaN), TIMEOUT],
  ['an endless deadline', within(Number.POSITIVE_INFINITY), TIMEOUT],
  ['a deadline that overflows a timer', within(2 ** 31), TIMEOUT],
  ['a deadline that is a text', within('800'), TIMEOUT],
  ['a deadline that is null', within(null), TIMEOUT],
];

describe.each(PLATFORMS)('on %s', (platform) => {
  it.each(REFUSED)(
    '%s is refused with an error that says why, and the checks stay as they were',
    async (_what, register, why) => {
      const { registry, health } = await bootFaulty(platform, [{ name: 'taken', check: ok }]);
      expect(() => register(registry)).toThrow(why);
      expect(() => register(registry)).toThrow(/^[\P{Cc}]{1,500}$/u);
      expect((await health()).checks).toMatchObject([{ name: 'taken', status: 'healthy' }]);
    },
  );

  it('without any check the application is healthy and ready, after one warning', async () => {
    const { health, get, log } = await bootFaulty(platform);
    expect(await health()).toMatchObject({ status: 'healthy', checks: [] });
    expect((await get('/health/ready')).status).toBe(200);
    expect(log.ours('warn')).toEqual([expect.stringMatching(/^No health check is registered/)]);
  });
});
