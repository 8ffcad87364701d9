import { HealthRegistry, HealthStatus, MetricsRegistry, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { exportHealth } from '../../../lib/bridges/health-metrics.js';
import { FakeClock } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';
import { registryOn } from '../metrics/registry-on.js';
import { samplesOf } from './exported.js';

const { HEALTHY, DEGRADED, UNHEALTHY } = HealthStatus;

const PER_CHECK = [
  'health_check_status',
  'health_check_duration_seconds_count',
  'health_check_transitions_total',
  'health_check_last_run_timestamp_seconds',
];

/** A registry whose checks are exported. */
function exported() {
  const clock = new FakeClock();
  const health = new HealthRegistry({}, clock);
  const metrics = registryOn();
  exportHealth(health, metrics);
  return { clock, health, metrics, samples: (name: string) => samplesOf(metrics, name) };
}

function oneHot(check: string, status: HealthStatus): string[] {
  return [DEGRADED, HEALTHY, UNHEALTHY].map(
    (word) => `health_check_status{check="${check}",status="${word}"} ${word === status ? 1 : 0}`,
  );
}

function transitions(check: string, counts: readonly [number, number, number]): string[] {
  return [DEGRADED, HEALTHY, UNHEALTHY].map(
    (to, index) =>
      `health_check_transitions_total{check="${check}",to="${to}"} ${counts[index] ?? 0}`,
  );
}

describe('health_check_status', () => {
  it.each([HEALTHY, DEGRADED, UNHEALTHY])('is 1 for the last result, %s', async (status) => {
    const { health, samples } = exported();
    health.registerCheck('db', () => status);
    await health.run();
    expect(await samples('health_check_status')).toEqual(oneHot('db', status));
  });

  it('follows the status that counts, thresholds taken into account', async () => {
    const { health, samples } = exported();
    const answers = [HEALTHY, UNHEALTHY, UNHEALTHY];
    health.registerCheck('db', () => answers.shift(), { failureThreshold: 2 });
    await health.run();
    await health.run();
    expect(await samples('health_check_status')).toEqual(oneHot('db', HEALTHY));
    await health.run();
    expect(await samples('health_check_status')).toEqual(oneHot('db', UNHEALTHY));
  });

  it('and the transition show in the first scrape that a result has become too old', async () => {
    const { clock, health, metrics } = exported();
    health.registerCheck('db', () => HEALTHY, { intervalMs: 1_000, timeoutMs: 500 });
    health.registerCheck('other', () => HEALTHY);
    await health.run();
    clock.hold(2_500);
    const before = await metrics.expose();
    expect(before.split('\n')).toEqual(expect.arrayContaining(oneHot('db', HEALTHY)));
    expect(before).toContain('health_ready 0\n');
    health.readiness.started();
    expect(await metrics.expose()).toContain('health_ready 1\n');
    clock.hold(1);
    const after = (await metrics.expose()).split('\n');
    expect(after).toEqual(
      expect.arrayContaining([
        ...oneHot('db', UNHEALTHY),
        ...oneHot('other', HEALTHY),
        ...transitions('db', [0, 0, 1]),
        'health_ready 0',
      ]),
    );
  });
});

describe('health_check_duration_seconds', () => {
  it('is what a call took, in seconds', async () => {
    const { clock, health, samples } = exported();
    const gate = new Gate();
    health.registerCheck('db', () => gate.opened);
    const run = health.run();
    await clock.advance(250);
    gate.open();
    await run;
    expect(await samples('health_check_duration_seconds_sum')).toEqual([
      'health_check_duration_seconds_sum{check="db"} 0.25',
    ]);
  });

  it('counts a call once, however many share it and however often the result is served', async () => {
    const { health, samples } = exported();
    health.registerCheck('db', () => HEALTHY, { cacheMs: 1_000 });
    await Promise.all([health.run(), health.run(), health.runCheck('db')]);
    await health.run();
    health.report();
    expect(await samples('health_check_duration_seconds_count')).toEqual([
      'health_check_duration_seconds_count{check="db"} 1',
    ]);
  });

  it('counts a call that hangs once, with its deadline, however often it counts as failed', async () => {
    const { clock, health, samples } = exported();
    const gate = new Gate();
    health.registerCheck('db', () => gate.opened, { timeoutMs: 500 });
    for (let run = 0; run < 4; run += 1) {
      const asked = health.run();
      await clock.advance(500);
      await asked;
    }
    const { results } = health.history('db');
    expect(results).toHaveLength(3);
    expect(await samples('health_check_duration_seconds_(sum|count)')).toEqual([
      'health_check_duration_seconds_count{check="db"} 1',
      'health_check_duration_seconds_sum{check="db"} 0.5',
    ]);
    expect(await samples('health_check_last_run_timestamp_seconds')).toEqual([
      `health_check_last_run_timestamp_seconds{check="db"} ${Number(results[2]?.checkedAt) / 1_000}`,
    ]);
    // What it says in the end comes too late to be a second observation.
    gate.open();
    await clock.advance(0);
    expect(await samples('health_check_duration_seconds_count')).toEqual([
      'health_check_duration_seconds_count{check="db"} 1',
    ]);
  });

  it('does not count a check that never got its turn, which has a status all the same', async () => {
    const { clock, health, samples } = exported();
    const gate = new Gate();
    for (let index = 0; index < 64; index += 1) {
      health.registerCheck(`hangs-${index}`, () => gate.opened);
    }
    health.registerCheck('waits', () => HEALTHY, { timeoutMs: 50 });
    const run = health.run();
    await clock.advance(800);
    await run;
    expect(await samples('health_check_duration_seconds_count')).toHaveLength(64);
    expect(await samples('health_check_duration_seconds_count{check="waits"}')).toEqual([]);
    expect((await samples('health_check_status')).slice(-3)).toEqual(oneHot('waits', UNHEALTHY));
  });

  it('does not count a result that has become too old', async () => {
    const { clock, health, samples } = exported();
    health.registerCheck('db', () => HEALTHY, { intervalMs: 1_000 });
    await health.run();
    clock.hold(10_000);
    expect(await samples('health_check_status')).toEqual(oneHot('db', UNHEALTHY));
    expect(await samples('health_check_duration_seconds_count')).toEqual([
      'health_check_duration_seconds_count{check="db"} 1',
    ]);
  });
});

describe('health_check_transitions_total', () => {
  it('counts from 0 as soon as there is a result, which is no transition if it is healthy', async () => {
    const { health, samples } = exported();
    const answers = [HEALTHY, UNHEALTHY, HEALTHY, DEGRADED];
    health.registerCheck('db', () => answers.shift());
    await health.run();
    expect(await samples('health_check_transitions_total')).toEqual(transitions('db', [0, 0, 0]));
    for (let run = 0; run < 3; run += 1) await health.run();
    expect(await samples('health_check_transitions_total')).toEqual(transitions('db', [1, 1, 1]));
  });

  it('counts a first result that is bad', async () => {
    const { health, samples } = exported();
    health.registerCheck('db', () => UNHEALTHY);
    await health.run();
    expect(await samples('health_check_transitions_total')).toEqual(transitions('db', [0, 0, 1]));
  });

  it('keeps its last state while the application closes', async () => {
    const { health, samples } = exported();
    const answers = [HEALTHY, UNHEALTHY];
    health.registerCheck('db', () => answers.shift());
    await health.run();
    health.closing();
    await health.run();
    expect(await samples('health_check_transitions_total')).toEqual(transitions('db', [0, 0, 0]));
  });
});

describe('health_check_last_run_timestamp_seconds', () => {
  it('is when the last run ended, also once that is too long ago', async () => {
    const { clock, health, samples } = exported();
    health.registerCheck('db', () => HEALTHY, { intervalMs: 1_000 });
    await health.run();
    const last = [
      `health_check_last_run_timestamp_seconds{check="db"} ${clock.date().getTime() / 1_000}`,
    ];
    clock.hold(60_000);
    expect(await samples('health_check_last_run_timestamp_seconds')).toEqual(last);
  });
});

describe('a check', () => {
  it('has no series before its first result', async () => {
    const { health, samples } = exported();
    const gate = new Gate();
    health.registerCheck('db', () => gate.opened);
    for (const name of PER_CHECK) expect(await samples(name), name).toEqual([]);
    const run = health.run();
    for (const name of PER_CHECK) expect(await samples(name), name).toEqual([]);
    gate.open();
    await run;
    for (const name of PER_CHECK) expect(await samples(name), name).not.toEqual([]);
  });

  it('has no series any more once it is removed, and none of before when it is there again', async () => {
    const { health, metrics, samples } = exported();
    const remove = health.registerCheck('db', () => UNHEALTHY);
    health.registerCheck('cache', () => HEALTHY);
    await health.run();
    expect(await metrics.expose()).toContain('check="db"');
    remove();
    expect(await metrics.expose()).not.toContain('check="db"');
    expect(await samples('health_check_status')).toEqual(oneHot('cache', HEALTHY));

    health.registerCheck('db', () => HEALTHY);
    expect(await metrics.expose()).not.toContain('check="db"');
    await health.run();
    expect((await samples('health_check_transitions_total')).slice(3)).toEqual(
      transitions('db', [0, 0, 0]),
    );
    expect(await samples('health_check_duration_seconds_count')).toContain(
      'health_check_duration_seconds_count{check="db"} 1',
    );
  });

  it('that is removed while it runs leaves nothing behind', async () => {
    const { health, metrics } = exported();
    const gate = new Gate();
    health.registerCheck('db', () => gate.opened);
    const run = health.run();
    await Promise.resolve();
    health.unregister('db');
    gate.open();
    await run;
    expect(await metrics.expose()).not.toContain('check="db"');
  });

  it('that another listener removes at its transition leaves nothing behind', async () => {
    const health = new HealthRegistry({}, new FakeClock());
    const metrics = registryOn();
    health.onTransition(({ name }) => health.unregister(name));
    exportHealth(health, metrics);
    health.registerCheck('db', () => unhealthy('gone'));
    await health.run();
    expect(health.names()).toEqual([]);
    expect(await metrics.expose()).not.toContain('check="db"');
  });
});

describe('health_ready', () => {
  it('is what the readiness probe would say from memory', async () => {
    const { health, samples } = exported();
    const ready = async (): Promise<string> => String(await samples('health_ready'));
    let status: HealthStatus = HEALTHY;
    health.registerCheck('db', () => status);
    health.registerCheck('report', () => UNHEALTHY, { probes: [] });
    health.registerCheck('search', () => UNHEALTHY, { critical: false });
    await health.run();
    expect(await ready()).toBe('health_ready 0');
    health.readiness.started();
    expect(await ready()).toBe('health_ready 1');
    health.setReady(false);
    expect(await ready()).toBe('health_ready 0');
    health.setReady(true);
    status = UNHEALTHY;
    expect(await ready()).toBe('health_ready 1');
    await health.run();
    expect(await ready()).toBe('health_ready 0');
    status = DEGRADED;
    await health.run();
    expect(await ready()).toBe('health_ready 1');
    health.registerCheck('new', () => HEALTHY);
    expect(await ready()).toBe('health_ready 0');
    await health.run();
    expect(await ready()).toBe('health_ready 1');
    health.readiness.stopping();
    expect(await ready()).toBe('health_ready 0');
  });
});

describe('health_shutting_down', () => {
  it('is 1 from the first moment of shutdown', async () => {
    const { health, samples } = exported();
    health.readiness.started();
    health.setReady(false);
    expect(await samples('health_shutting_down')).toEqual(['health_shutting_down 0']);
    health.readiness.stopping();
    expect(await samples('health_shutting_down')).toEqual(['health_shutting_down 1']);
  });
});

it('With metrics off nothing listens and nothing is made', () => {
  const health = new HealthRegistry();
  const touched: string[] = [];
  const spied = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get: (object, key) => {
        touched.push(`${name}.${String(key)}`);
        return Reflect.get(object, key, object) as unknown;
      },
    });
  exportHealth(spied('health', health), spied('metrics', new MetricsRegistry()));
  expect(touched).toEqual(['metrics.enabled']);
});
