import { HealthRegistry, HealthStatus } from 'nestjs-observability';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { exportFaults } from '../../../lib/bridges/fault-metrics.js';
import { accessPolicy } from '../../../lib/endpoints/access-policy.js';
import { detailsPolicy } from '../../../lib/endpoints/details-policy.js';
import { FAULT_SOURCES, Faults } from '../../../lib/faults.js';
import { settle } from '../../support/fake-clock.js';
import { registryOn } from '../metrics/registry-on.js';
import { samplesOf } from './exported.js';

const nobody = (): void => {};

describe('observability_errors_total', () => {
  it('has every source from the start', async () => {
    const metrics = registryOn();
    exportFaults(new Faults(), metrics, () => []);
    expect(await samplesOf(metrics, 'observability_errors_total')).toEqual(
      FAULT_SOURCES.map((source) => `observability_errors_total{source="${source}"} 0`),
    );
  });

  it('counts what has come before it was there, and what comes between scrapes', async () => {
    const metrics = registryOn();
    const faults = new Faults();
    const shown = async (): Promise<unknown> =>
      (await samplesOf(metrics, 'observability_errors_total{source="route"}'))[0];
    faults.count('route');
    exportFaults(faults, metrics, () => []);
    expect(await shown()).toBe('observability_errors_total{source="route"} 1');
    expect(await shown()).toBe('observability_errors_total{source="route"} 1');
    faults.count('route');
    faults.count('route');
    expect(await shown()).toBe('observability_errors_total{source="route"} 3');
  });
});

describe('observability_series_dropped_total', () => {
  it('counts what each metric has lost', async () => {
    const metrics = registryOn();
    const dropped = new Map<string, number>();
    exportFaults(new Faults(), metrics, () => dropped);
    const shown = (): Promise<string[]> => samplesOf(metrics, 'observability_series_dropped_total');
    expect(await shown()).toEqual([]);
    dropped.set('orders_total', 2);
    expect(await shown()).toEqual(['observability_series_dropped_total{metric="orders_total"} 2']);
    dropped.set('orders_total', 5).set('visits_total', 1);
    expect(await shown()).toEqual([
      'observability_series_dropped_total{metric="orders_total"} 5',
      'observability_series_dropped_total{metric="visits_total"} 1',
    ]);
  });
});

describe('what is swallowed', () => {
  it.each([
    ['throws', () => JSON.parse('{') as unknown],
    ['rejects', () => Promise.reject(new Error('refused'))],
  ])('is counted where a listener of transitions %s', async (_how, listener) => {
    const faults = new Faults();
    const health = new HealthRegistry({}, undefined, faults);
    health.onTransition(listener);
    health.onTransition(nobody);
    health.registerCheck('db', () => HealthStatus.UNHEALTHY);
    await health.run();
    await settle();
    expect(faults.of('health_listener')).toBe(1);
  });

  it.each([
    ['throws', () => JSON.parse('{') as unknown],
    ['returns a promise', () => Promise.resolve(true)],
  ])('is counted at each request where a function of access or details %s', (_how, broken) => {
    const faults = new Faults();
    const request = new IncomingMessage(new Socket());
    const admits = accessPolicy('health', broken as never, nobody, faults);
    const shows = detailsPolicy(broken as never, nobody, faults);
    for (const _ of [1, 2]) {
      admits(request);
      shows(request);
    }
    expect(faults.of('predicate')).toBe(4);
  });

  it('is nothing where they answer', () => {
    const faults = new Faults();
    const request = new IncomingMessage(new Socket());
    for (const answer of [true, false]) {
      accessPolicy('health', () => answer, nobody, faults)(request);
      detailsPolicy(() => answer, nobody, faults)(request);
    }
    expect(FAULT_SOURCES.map((source) => faults.of(source))).toEqual(FAULT_SOURCES.map(() => 0));
  });
});
