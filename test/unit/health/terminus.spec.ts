import { HttpException, ServiceUnavailableException } from '@nestjs/common';
import { degraded, healthy, HealthRegistry, HealthStatus, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { readFailure } from '../../../lib/health/health.outcome.js';

const { UNHEALTHY } = HealthStatus;

/** As Terminus up to version 11 exports it. */
class HealthCheckError extends Error {
  readonly isHealthCheckError = true;

  constructor(
    message: string,
    readonly causes: unknown,
  ) {
    super(message);
  }
}

/** As `HealthCheckService.check()` of Terminus throws it. */
function checkError(error: object): ServiceUnavailableException {
  return new ServiceUnavailableException({ status: 'error', info: {}, error, details: error });
}

describe('an error of Terminus', () => {
  it('keeps the details of the indicator that threw it', () => {
    const error = new HealthCheckError('Redis is away', {
      redis: { status: 'down', host: 'cache', retries: 3 },
    });
    expect(readFailure(error)).toEqual({
      status: UNHEALTHY,
      message: 'Redis is away',
      details: { host: 'cache', retries: 3 },
    });
  });

  it('keeps causes that are no result of an indicator', () => {
    expect(readFailure(new HealthCheckError('away', { attempts: 3 }))).toEqual({
      status: UNHEALTHY,
      message: 'away',
      details: { attempts: 3 },
    });
  });

  it('of a whole check names what is down, with its details', () => {
    const error = checkError({
      db: { status: 'down', message: 'refused', port: 5432 },
      cache: { status: 'down' },
    });
    expect(readFailure(error)).toEqual({
      status: UNHEALTHY,
      message: 'db: refused; cache is down',
      details: { db: { port: 5432 }, cache: {} },
    });
  });

  it('is unhealthy even if all that it carries is up', () => {
    const error = new HealthCheckError('odd', { db: { status: 'up' } });
    expect(readFailure(error)).toMatchObject({ status: UNHEALTHY, message: 'odd' });
    expect(readFailure(checkError({ db: { status: 'up' } })).status).toBe(UNHEALTHY);
  });

  it('is masked as everything else is', () => {
    const error = new HealthCheckError('postgres://app:hunter2@db', {
      db: { status: 'down', password: 'hunter2' },
    });
    expect(JSON.stringify(readFailure(error))).not.toContain('hunter2');
  });
});

describe('any other error', () => {
  it.each([
    ['an HTTP exception', new HttpException({ error: 'Bad', details: 'x' }, 500), 'Http Exception'],
    ['an error with a cause', new Error('outer', { cause: new Error('inner') }), 'outer'],
    [
      'an error whose response cannot be read',
      Object.assign(new Error('outer'), {
        getResponse: () => {
          throw new Error('no');
        },
      }),
      'outer',
    ],
  ])('%s is its message alone', (_what, error, message) => {
    expect(readFailure(error)).toEqual({ status: UNHEALTHY, message, details: {} });
  });
});

describe('the registry as an indicator of Terminus', () => {
  const registryOf = (showsDetails = true): HealthRegistry => {
    const registry = new HealthRegistry({ showsDetails });
    registry.registerCheck('good', () => healthy());
    registry.registerCheck('slow', () => degraded('slow', { p95_ms: 870 }));
    registry.registerCheck('down', () => unhealthy('refused', { status: 'up' }));
    registry.registerCheck('optional', () => unhealthy(), { critical: false });
    return registry;
  };

  it('has an entry for each check, in the words of Terminus', async () => {
    expect(await registryOf().asIndicator()).toEqual({
      good: { status: 'up' },
      slow: { status: 'degraded', message: 'slow', details: { p95_ms: 870 } },
      down: { status: 'down', message: 'refused', details: { status: 'up' } },
      optional: { status: 'degraded' },
    });
  });

  it('has neither messages nor details where not everyone may see them', async () => {
    expect(await registryOf(false).asIndicator()).toEqual({
      good: { status: 'up' },
      slow: { status: 'degraded' },
      down: { status: 'down' },
      optional: { status: 'degraded' },
    });
  });
});
