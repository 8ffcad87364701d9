import { Logger } from '@nestjs/common';
import * as Sentry from '@sentry/nestjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SentryService } from '../../../lib/sentry/sentry.service.js';
import { throwingLog } from '../../support/log.js';

const DSN = 'http://0123456789abcdef@127.0.0.1:1/4504';
const log = throwingLog();

const fail = (): never => {
  throw new Error('the SDK is broken');
};

/** What takes the place of functions of the SDK while a test runs. */
const functions: Readonly<Record<string, unknown>> = { ...Sentry };
const broken: { functions: Record<string, unknown> } = { functions: {} };
const sdk = new Proxy(
  {},
  { get: (_target, name: string) => broken.functions[name] ?? functions[name] },
);
const sentry = new SentryService({}, () => Promise.resolve(sdk));

beforeAll(() => sentry.init({ dsn: DSN }));

beforeEach(() => {
  log.lines.length = 0;
  Logger.overrideLogger(log);
});

afterEach(() => {
  vi.restoreAllMocks();
  broken.functions = {};
  Logger.overrideLogger(false);
});

afterAll(() => sentry.close(1));

function functionsOf(value: object): string[] {
  const owners: object[] = [];
  for (
    let owner = value;
    owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner) as object
  )
    owners.push(owner);
  const names = owners.flatMap((owner) => Object.getOwnPropertyNames(owner));
  return [...new Set(names)].filter((name) => typeof value[name as never] === 'function');
}

function breakAll(): void {
  const client = Sentry.getClient();
  if (client === undefined) throw new Error('There is no client');
  broken.functions = Object.fromEntries(Object.keys(Sentry).map((name) => [name, fail]));
  for (const name of functionsOf(client)) {
    if (name !== 'constructor') vi.spyOn(client, name as 'flush').mockImplementation(fail);
  }
}

describe('With an SDK whose every function throws, and a log that throws', () => {
  it.each<[string, () => unknown, unknown]>([
    ['enabled', () => sentry.enabled, false],
    ['captureException()', () => sentry.captureException(new Error('x')), null],
    ['captureMessage()', () => sentry.captureMessage('x'), null],
    ['eventIdOf()', () => sentry.eventIdOf(new Error('x')), null],
    ['setUser()', () => sentry.setUser({ id: 1 }), undefined],
    ['setTag()', () => sentry.setTag('a', 1), undefined],
    ['setContext()', () => sentry.setContext('a', {}), undefined],
    ['addBreadcrumb()', () => sentry.addBreadcrumb({ message: 'x' }), undefined],
    ['withScope()', () => sentry.withScope((scope) => scope.setTag('a', 1) ?? 5), 5],
    ['isolate()', () => sentry.isolate(() => 5), 5],
  ])('%s does not throw', (_call, call, expected) => {
    expect(sentry.enabled).toBe(true);
    breakAll();

    expect(call()).toBe(expected);
  });

  it.each<[string, () => Promise<boolean>]>([
    ['init()', () => sentry.init({ dsn: DSN })],
    ['flush()', () => sentry.flush(1)],
  ])('%s does not reject, and is false', async (_call, call) => {
    breakAll();

    expect(await call()).toBe(false);
  });
});

describe.each(['getCurrentScope', 'getIsolationScope', 'withScope', 'withIsolationScope'])(
  'With an SDK whose %s alone throws',
  (name) => {
    it('no call throws', () => {
      broken.functions = { [name]: fail };

      expect(() => {
        sentry.captureException(new Error('x'));
        sentry.setTag('a', 1);
        sentry.addBreadcrumb({ message: 'x' });
        sentry.withScope((scope) => scope.setTag('a', 1));
        sentry.isolate(() => sentry.captureMessage('x'));
      }).not.toThrow();
    });
  },
);

describe.each(['withScope', 'withIsolationScope'] as const)('With an SDK whose %s', (name) => {
  const call = name === 'withScope' ? 'withScope' : 'isolate';

  it.each<[string, (inside: (scope: object) => unknown) => unknown]>([
    ['throws before it runs anything', fail],
    [
      'throws after',
      (inside) => {
        inside({});
        fail();
      },
    ],
  ])('%s, a function runs once, and its value comes out', (_how, enter) => {
    broken.functions = { [name]: enter };
    const run = vi.fn<() => string>(() => 'value');

    expect(sentry[call](run)).toBe('value');
    expect(run).toHaveBeenCalledOnce();
  });
});

it('What fails at each call is said once', async () => {
  const service = new SentryService({}, () => Promise.resolve(sdk));
  await service.init({ dsn: DSN });
  broken.functions = { getIsolationScope: fail, withScope: fail };
  service.setTag('a', 1);
  service.addBreadcrumb({ message: 'x' });
  service.withScope(() => {});

  expect(log.ours('error')).toEqual(['Sentry could not take what it was told: the SDK is broken']);
  broken.functions = {};
  await service.close(1);
});
