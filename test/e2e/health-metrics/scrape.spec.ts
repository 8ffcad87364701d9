import { spawnSync } from 'node:child_process';
import { Injectable } from '@nestjs/common';
import {
  HealthCheck,
  HealthRegistry,
  MetricsRegistry,
  unhealthy,
  type HealthOutcome,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';
import { describeWith } from '../../support/parts.js';
import { measured, scrape } from './measured.js';

const NAMES = [
  'health_check_duration_seconds',
  'health_check_last_run_timestamp_seconds',
  'health_check_status',
  'health_check_transitions_total',
  'health_ready',
  'health_shutting_down',
  'observability_errors_total',
  'observability_series_dropped_total',
];

@Injectable()
class Database {
  runs = 0;
  outcome: HealthOutcome | undefined;

  @HealthCheck('database')
  check(): HealthOutcome | undefined {
    this.runs += 1;
    return this.outcome;
  }
}

function statusOf(check: string, status: string): unknown {
  return expect.arrayContaining([`health_check_status{check="${check}",status="${status}"} 1`]);
}

describe.each(PLATFORMS)('a scrape on %s', (platform) => {
  it('runs no check, and shows what the last run has come to', async () => {
    const booted = await boot(measured({}, [Database]), platform);
    const database = booted.app.get(Database);
    await settle();
    expect(database.runs).toBe(1);
    expect(await scrape(booted, 'health_check_status')).toEqual(statusOf('database', 'healthy'));
    database.outcome = unhealthy('gone');
    for (let scrapes = 0; scrapes < 5; scrapes += 1) {
      expect(await scrape(booted, 'health_ready')).toEqual(['health_ready 1']);
    }
    expect(database.runs).toBe(1);

    expect((await booted.get('/health/ready')).status).toBe(503);
    expect(database.runs).toBe(2);
    expect(await scrape(booted, 'health_ready')).toEqual(['health_ready 0']);
    expect(await scrape(booted, 'health_check_status')).toEqual(statusOf('database', 'unhealthy'));
    expect(await scrape(booted, 'health_check_transitions_total')).toContain(
      'health_check_transitions_total{check="database",to="unhealthy"} 1',
    );
    expect(await scrape(booted, 'health_check_duration_seconds_count')).toEqual([
      'health_check_duration_seconds_count{check="database"} 2',
    ]);
    expect(database.runs).toBe(2);
  });

  it('waits for no check, and says nothing of one that has not come back for the first time', async () => {
    const gate = new Gate();
    const booted = await boot(measured({ health: { timeoutMs: 60_000 } }), platform);
    const registry = booted.app.get(HealthRegistry);
    registry.registerCheck('slow', () => gate.opened);
    const run = registry.run();
    const text = await (await booted.get('/metrics')).text();
    expect(text).not.toContain('check="slow"');
    expect(text).toContain('health_ready 0\n');
    gate.open();
    await run;
    expect(await scrape(booted, 'health_check_status')).toEqual(statusOf('slow', 'healthy'));
  });

  it('tells of shutdown from its first moment', async () => {
    const booted = await boot(measured({}, [Database]), platform);
    const { readiness } = booted.app.get(HealthRegistry);
    expect(await scrape(booted, 'health_shutting_down')).toEqual(['health_shutting_down 0']);
    readiness.stopping();
    expect(await scrape(booted, 'health_shutting_down')).toEqual(['health_shutting_down 1']);
    expect(await scrape(booted, 'health_ready')).toEqual(['health_ready 0']);
  });

  it('counts a function of access that fails', async () => {
    const tools = (): boolean => {
      throw new Error('no');
    };
    const booted = await boot(measured({ access: { tools } }), platform);
    expect(await scrape(booted, 'observability_errors_total')).toContain(
      'observability_errors_total{source="predicate"} 0',
    );
    for (let asked = 0; asked < 3; asked += 1) await booted.get('/health/tools');
    expect(await scrape(booted, 'observability_errors_total')).toContain(
      'observability_errors_total{source="predicate"} 3',
    );
  });

  it('counts a listener of transitions that fails', async () => {
    const booted = await boot(measured({}, [Database]), platform);
    booted.app.get(HealthRegistry).onTransition(() => Promise.reject(new Error('no')));
    booted.app.get(Database).outcome = unhealthy('gone');
    await booted.get('/health');
    expect(await scrape(booted, 'observability_errors_total')).toContain(
      'observability_errors_total{source="health_listener"} 1',
    );
  });

  it('counts a route that fails', async () => {
    const booted = await boot(measured(), platform);
    const registry = booted.app.get(HealthRegistry);
    registry.run = () => {
      throw new Error('no');
    };
    expect((await booted.get('/health')).status).toBe(500);
    expect(await scrape(booted, 'observability_errors_total')).toContain(
      'observability_errors_total{source="route"} 1',
    );
  });

  it('of a thousand checks shows them all', async () => {
    const booted = await boot(measured(), platform);
    const registry = booted.app.get(HealthRegistry);
    for (let index = 0; index < 1_000; index += 1)
      registry.registerCheck(`check-${index}`, () => {});
    await registry.run();
    expect(await scrape(booted, 'health_check_status')).toHaveLength(3_000);
    expect(await scrape(booted, 'health_check_duration_seconds_count')).toHaveLength(1_000);
  });

  it('counts what a metric with too many series has lost', async () => {
    const booted = await boot(
      measured({ metrics: { enabled: true, maxSeriesPerMetric: 2 } }),
      platform,
    );
    const orders = booted.app.get(MetricsRegistry).counter('orders_total', 'Orders', ['country']);
    for (const country of ['pt', 'es', 'fr', 'it', 'pt']) orders.inc({ country });
    expect(await scrape(booted, 'observability_series_dropped_total')).toEqual([
      'observability_series_dropped_total{metric="orders_total"} 2',
    ]);
  });

  it('with metrics off shows nothing', async () => {
    const { get } = await boot(measured({ metrics: { enabled: false } }, [Database]), platform);
    expect(await (await get('/metrics')).text()).toMatch(/^# Metrics are off\.[^\n]*\n$/);
  });
});

it('A metric of the application that has the name of one of ours is shown instead, with one warning', async () => {
  @Injectable()
  class Own {
    constructor(metrics: MetricsRegistry) {
      metrics.gauge('health_ready', 'Ready to rumble', ['ring']).set({ ring: 'left' }, 7);
    }
  }
  const booted = await boot(measured({}, [Own, Database]));
  await settle();
  expect(await scrape(booted, 'health_ready')).toEqual(['health_ready{ring="left"} 7']);
  expect(await scrape(booted, 'health_check_status')).toEqual(statusOf('database', 'healthy'));
  expect(booted.log.ours('warn').filter((line) => line.includes('health_ready'))).toHaveLength(1);
});

describeWith('promtool', 'promtool', () => {
  it('finds nothing to complain of in the names and help texts of the module', async () => {
    const booted = await boot(measured({}, [Database]));
    await booted.get('/health');
    const text = await (await booted.get('/metrics')).text();
    for (const name of NAMES) expect(text).toContain(`# TYPE ${name} `);
    const ours = text
      .split(/^(?=# HELP )/m)
      .filter((metric) => NAMES.some((name) => metric.startsWith(`# HELP ${name} `)));
    expect(ours).toHaveLength(NAMES.length);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: ours.join(''),
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });
});
