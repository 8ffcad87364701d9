import { setImmediate as turn } from 'node:timers/promises';
import { HealthRegistry, HealthStatus } from 'nestjs-observability';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healthBody } from '../../../lib/endpoints/health-body.js';

const { UNHEALTHY } = HealthStatus;
const refused = (): Promise<never> => Promise.reject(new Error('refused'));

class Species extends Promise<never> {
  static override get [Symbol.species](): PromiseConstructor {
    throw new Error('no species');
  }
}

function withConstructor(): Promise<never> {
  return Object.defineProperty(refused(), 'constructor', {
    configurable: true,
    get() {
      throw new Error('no constructor');
    },
  });
}

function errorWith(members: object): Error {
  return Object.assign(new Error('x'), members);
}

const unhandled: unknown[] = [];
const keep = (reason: unknown): number => unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', keep);
});

afterEach(() => {
  process.off('unhandledRejection', keep);
});

describe('a check is unhealthy, in words, and leaves no rejection to nobody, when it', () => {
  it.each<[string, () => unknown]>([
    ['returns a list of promises', () => [refused()]],
    ['resolves to a result that holds a promise', async () => ({ db: refused() })],
    ['returns a status that is a promise', () => ({ status: refused() })],
    [
      'throws a promise',
      () => {
        throw refused();
      },
    ],
    [
      'rejects with a promise',
      async () => {
        throw refused();
      },
    ],
    [
      'throws an error whose causes hold a promise',
      () => {
        throw errorWith({ causes: { db: refused() } });
      },
    ],
    [
      'returns a thenable that settles twice',
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- a hostile one is what is tested
        then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
          reject(new Error('first'));
          resolve(refused());
        },
      }),
    ],
    ['returns a promise whose class has no species', () => Species.reject(new Error('refused'))],
    ['returns a promise without a constructor', withConstructor],
    [
      'throws an error whose message is a list',
      () => {
        throw errorWith({ message: ['a', { password: 'hunter2' }] });
      },
    ],
    [
      'throws an error whose message cannot be written down',
      () => {
        throw errorWith({ message: [1n] });
      },
    ],
    [
      'throws an error whose name is a list',
      () => {
        throw errorWith({ message: '', name: [1n] });
      },
    ],
    [
      'says what went wrong by an error whose message is a list',
      () => ({ status: 'unhealthy', message: errorWith({ message: [{ token: 'hunter2' }] }) }),
    ],
  ])('%s', async (_what, check) => {
    const registry = new HealthRegistry();
    registry.registerCheck('bad', check as never);
    const report = await registry.run();
    await turn();
    expect(report.checks[0]).toMatchObject({ status: UNHEALTHY, message: expect.any(String) });
    expect(report.checks[0]?.message).not.toBe('');
    expect(healthBody(report, true)).not.toContain('hunter2');
    expect(unhandled).toEqual([]);
  });
});

it('Promises in the details of a healthy check are shown as such, and end nothing', async () => {
  const registry = new HealthRegistry();
  registry.registerCheck('good', () => ({ status: 'healthy', details: { rows: refused() } }));
  expect((await registry.run()).checks[0]?.details).toEqual({ rows: '[promise]' });
  await turn();
  expect(unhandled).toEqual([]);
});

it('A number with millions of digits is not written out', async () => {
  const registry = new HealthRegistry();
  const huge = 1n << (2n ** 24n);
  registry.registerCheck('good', () => ({ status: 'healthy', details: { huge, small: 7n } }));
  registry.registerCheck('bad', () => huge as never);
  const { checks } = await registry.run();
  expect(checks[0]?.details).toEqual({ huge: '[bigint]', small: '7' });
  expect(checks[1]?.message).toContain('[bigint] (bigint)');
});

it('A date that somebody has changed in a result does not keep the others from being shown', async () => {
  const registry = new HealthRegistry({ cacheMs: 60_000 });
  registry.registerCheck('good', () => {});
  (await registry.runCheck('good')).checkedAt.setTime(Number.NaN);
  expect(JSON.parse(healthBody(await registry.run(), true))).toMatchObject({ status: 'healthy' });
});

it('Options that change while they are read count as they were first read', async () => {
  let reads = 0;
  const options = {
    get cacheMs() {
      reads += 1;
      return reads === 1 ? 0 : Number.POSITIVE_INFINITY;
    },
  };
  let runs = 0;
  const registry = new HealthRegistry();
  registry.registerCheck('db', () => void (runs += 1), options);
  await registry.run();
  await registry.run();
  expect([reads, runs]).toEqual([1, 2]);
});

it('A probe that does not exist is refused, and not healthy for want of checks', async () => {
  const registry = new HealthRegistry();
  registry.registerCheck('db', () => 'unhealthy');
  await expect(registry.run('ready' as never)).rejects.toThrow(
    `A probe is 'liveness' or 'readiness'; got "ready" (string).`,
  );
  expect(() => registry.report('Readiness' as never)).toThrow(TypeError);
});
