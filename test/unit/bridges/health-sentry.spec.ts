import { HealthRegistry, healthy, unhealthy } from 'nestjs-observability';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { reportTransitions } from '../../../lib/bridges/health-sentry.js';
import { Faults } from '../../../lib/faults.js';
import { FakeClock } from '../../support/fake-clock.js';
import { checksTold, ToldSentry } from './sentry-told.js';

describe('a check that turns unhealthy', () => {
  it('is one event and its recovery one more, whatever the number of probes', async () => {
    const { probe, sentry } = checksTold();
    await probe('h' + 'u'.repeat(50) + 'h'.repeat(50));
    expect(sentry.words).toEqual(['unhealthy: error', 'healthy again: info']);
  });

  it('is an event at its first result', async () => {
    const { probe, sentry } = checksTold();
    await probe('uu');
    expect(sentry.words).toEqual(['unhealthy: error']);
  });

  it('is a warning where it is not critical', async () => {
    const { probe, sentry } = checksTold({}, { critical: false });
    await probe('uh');
    expect(sentry.words).toEqual(['unhealthy: warning', 'healthy again: info']);
  });

  it('is told with a fingerprint and tags of its own', async () => {
    const { health, probe, sentry } = checksTold();
    health.registerCheck('redis', () => unhealthy());
    await probe('huh');
    const told = sentry.events.map(({ message, context }) => ({
      message,
      fingerprint: context?.fingerprint,
      tags: context?.tags,
    }));
    expect(told).toEqual([
      {
        message: 'Health check "redis" is unhealthy',
        fingerprint: ['health-check', 'redis'],
        tags: { 'health.check': 'redis', 'health.status': 'unhealthy' },
      },
      {
        message: 'Health check "db" is unhealthy',
        fingerprint: ['health-check', 'db'],
        tags: {
          'health.check': 'db',
          'health.status': 'unhealthy',
          'health.previous': 'healthy',
        },
      },
      {
        message: 'Health check "db" is healthy again',
        fingerprint: ['health-check', 'db'],
        tags: {
          'health.check': 'db',
          'health.status': 'healthy',
          'health.previous': 'unhealthy',
        },
      },
    ]);
  });

  it('is told with its last results, and with nothing of them in the message', async () => {
    const { clock, health, sentry } = checksTold();
    const answers = [healthy(), unhealthy('refused by db-1', { host: 'db-1' })];
    health.registerCheck('orders', async () => {
      await new Promise<void>((resolve) => void clock.after(12, resolve));
      return answers.shift();
    });
    for (const _ of [1, 2]) {
      const run = health.run();
      await clock.advance(12);
      await run;
    }
    const [event] = sentry.events;
    expect(event?.message).toBe('Health check "orders" is unhealthy');
    expect(event?.context?.contexts).toEqual({
      health_check: {
        name: 'orders',
        status: 'unhealthy',
        critical: true,
        message: 'refused by db-1',
        latency_ms: 12,
        checked_at: '2026-01-27T10:30:00.024Z',
        details: { host: 'db-1' },
        last_results: [
          '2026-01-27T10:30:00.012Z healthy 12 ms',
          '2026-01-27T10:30:00.024Z unhealthy 12 ms refused by db-1 {"host":"db-1"}',
        ],
      },
    });
  });

  it('is told with ten results at most, the last ones, and 500 characters of each', async () => {
    const { health, sentry } = checksTold({ failureThreshold: 12 });
    let run = 0;
    health.registerCheck('orders', () => unhealthy(`run ${(run += 1)} ${'x'.repeat(900)}`));
    for (let times = 0; times < 12; times += 1) await health.run();
    const shown = sentry.events[0]?.context?.contexts?.['health_check'] as {
      last_results: string[];
    };
    expect(shown.last_results.map((line) => /run (\d+)/.exec(line)?.[1])).toEqual(
      Array.from({ length: 10 }, (_, index) => String(index + 3)),
    );
    expect(Math.max(...shown.last_results.map((line) => line.length))).toBeLessThan(520);
  });

  it('is told apart from what asks for it', async () => {
    const requests = new AsyncLocalStorage<string>();
    const health = new HealthRegistry({}, new FakeClock());
    const seen: unknown[] = [];
    const sentry = {
      enabled: true,
      captureMessage: () => {
        seen.push(requests.getStore());
        return 'id';
      },
      addBreadcrumb: () => seen.push(requests.getStore()),
    };
    const settings = { degraded: 'breadcrumb', failureThreshold: 1, minIntervalMs: 0 } as const;
    requests.run('boot', () =>
      reportTransitions(health, sentry, settings, new FakeClock(), new Faults()),
    );
    health.registerCheck('db', () => unhealthy());
    health.registerCheck('cache', () => 'degraded');
    await requests.run('request', () => health.run());
    expect(seen).toEqual(['boot', 'boot']);
  });
});

describe('of several checks', () => {
  it('each is told for itself', async () => {
    const { health, probe, sentry } = checksTold({ minIntervalMs: 60_000 });
    health.registerCheck('redis', () => unhealthy());
    await probe('uuu');
    expect(sentry.events.map(({ message }) => message)).toEqual([
      'Health check "db" is unhealthy',
      'Health check "redis" is unhealthy',
    ]);
  });

  it('one that is removed is forgotten: it is told of anew', async () => {
    const { probe, register, remove, sentry } = checksTold({ minIntervalMs: 60_000 });
    await probe('u');
    remove();
    register();
    await probe('u');
    expect(sentry.words).toEqual(['unhealthy: error', 'unhealthy: error']);
  });
});

describe('nothing is told', () => {
  it('where it is switched off', async () => {
    const health = new HealthRegistry({}, new FakeClock());
    const sentry = new ToldSentry();
    reportTransitions(health, sentry, undefined, new FakeClock(), new Faults());
    health.registerCheck('db', () => unhealthy());
    await health.run();
    expect(sentry.events).toEqual([]);
  });

  it('of a check that has always been well', async () => {
    const { probe, sentry } = checksTold();
    await probe('hhh');
    expect([...sentry.events, ...sentry.breadcrumbs]).toEqual([]);
  });

  it('of what fails because the application closes', async () => {
    const { health, probe, sentry } = checksTold();
    await probe('h');
    health.closing();
    await probe('u');
    expect(sentry.events).toEqual([]);
  });

  it('by a timer', async () => {
    const { clock, probe } = checksTold({ minIntervalMs: 60_000, failureThreshold: 2 });
    await probe('huhuuhuu');
    expect(clock.waiting).toBe(0);
  });
});

describe('while Sentry is off', () => {
  it('nothing counts as told: an outage is told at the first result after it is on', async () => {
    const { probe, sentry } = checksTold({ minIntervalMs: 60_000 });
    sentry.enabled = false;
    await probe('huu');
    sentry.enabled = true;
    await probe('uu');
    expect(sentry.words).toEqual(['unhealthy: error']);
  });

  it('an outage that ends is never told', async () => {
    const { probe, sentry } = checksTold();
    sentry.enabled = false;
    await probe('huuh');
    sentry.enabled = true;
    await probe('h');
    expect(sentry.events).toEqual([]);
  });

  it('a recovery waits until it is on', async () => {
    const { probe, sentry } = checksTold();
    await probe('hu');
    sentry.enabled = false;
    await probe('hh');
    sentry.enabled = true;
    await probe('hh');
    expect(sentry.words).toEqual(['unhealthy: error', 'healthy again: info']);
  });

  it('a breadcrumb waits until it is on', async () => {
    const { probe, sentry } = checksTold();
    sentry.enabled = false;
    await probe('hd');
    sentry.enabled = true;
    await probe('dd');
    expect(sentry.breadcrumbs).toHaveLength(1);
  });

  it('an event that was not taken is told again', async () => {
    const { probe, sentry } = checksTold();
    const take = sentry.captureMessage.bind(sentry);
    sentry.captureMessage = () => null;
    await probe('hu');
    sentry.captureMessage = take;
    await probe('uu');
    expect(sentry.words).toEqual(['unhealthy: error']);
  });
});

it('a service that throws reaches no check, and is counted', async () => {
  const { faults, health, probe, sentry } = checksTold();
  sentry.captureMessage = () => {
    throw new Error('No Sentry in here');
  };
  await probe('u');
  expect(health.report().checks[0]?.status).toBe('unhealthy');
  expect(faults.of('health_listener')).toBe(1);
});
