import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import { HealthRegistry, MetricsRegistry, type HealthStatus } from 'nestjs-observability';
import { describe, expect, it, vi } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { ObservabilityController } from '../../../lib/endpoints/observability.controller.js';

function controllerOf(checks: HealthRegistry): ObservabilityController {
  return new ObservabilityController(checks, new MetricsRegistry(), {
    statusCodes: { healthy: 200, degraded: 200, unhealthy: 200 },
    showsDetails: () => true,
    page: true,
    tools: {},
    showsTools: () => true,
  });
}

describe('readiness', () => {
  const NOT_READY = { statusCode: 503, body: '{"status":"not_ready","health":"healthy"}' };
  const NOT_WELL = { statusCode: 503, body: '{"status":"not_ready","health":"unhealthy"}' };
  const READY = { statusCode: 200, body: '{"status":"ready","health":"healthy"}' };

  it('is 503 before bootstrap is done, and 200 after', async () => {
    const checks = new HealthRegistry();
    const controller = controllerOf(checks);
    expect(await controller.ready()).toMatchObject(NOT_WELL);
    checks.readiness.started();
    expect(await controller.ready()).toMatchObject(READY);
  });

  it('does not come back once shutdown has begun', async () => {
    const checks = new HealthRegistry();
    checks.readiness.stopping();
    checks.readiness.started();
    checks.setReady(true);
    expect(await controllerOf(checks).ready()).toMatchObject(NOT_READY);
  });

  it('is 503 at once while the application stops, with what the checks said last', async () => {
    const checks = new HealthRegistry();
    checks.readiness.started();
    const says = { status: 'healthy' as HealthStatus };
    checks.registerCheck('database', () => says.status);
    await checks.run();
    checks.readiness.stopping();
    says.status = 'unhealthy';
    const controller = controllerOf(checks);
    expect(controller.ready()).toMatchObject(NOT_READY);
    await settle();
    expect(controller.ready()).toMatchObject(NOT_WELL);
  });

  it('stays off after setReady(false) until setReady(true), whatever else happens', async () => {
    const checks = new HealthRegistry();
    checks.setReady(false);
    checks.readiness.started();
    expect(await controllerOf(checks).ready()).toMatchObject(NOT_READY);
    checks.setReady(true);
    expect(await controllerOf(checks).ready()).toMatchObject(READY);
  });

  it('is logged when it is switched, and not when nothing changes', () => {
    const log = vi.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    const checks = new HealthRegistry();
    checks.setReady(true);
    checks.setReady(false, 'migration\npassword=hunter2');
    checks.setReady(false, 'again');
    checks.setReady(true);
    checks.readiness.stopping();
    checks.setReady(false);
    expect(log.mock.calls.flat()).toEqual([
      'Readiness is switched off: migration password=[redacted]',
      'Readiness is switched on',
    ]);
  });

  it.each(['no', 0, null, undefined])('cannot be switched to %j', (ready) => {
    expect(() => new HealthRegistry().setReady(ready as never)).toThrow(
      /^setReady\(\) takes true or false; got /,
    );
  });
});

describe('the page', () => {
  const browser = { headers: { accept: 'text/html' } } as IncomingMessage;

  it('runs each check once, and says of both probes what they would say', async () => {
    const checks = new HealthRegistry();
    checks.readiness.started();
    const runs = { count: 0 };
    const fail = (): 'unhealthy' => {
      runs.count += 1;
      return 'unhealthy';
    };
    checks.registerCheck('disk', fail, { probes: ['liveness', 'readiness'] });
    const controller = controllerOf(checks);

    const { body } = await controller.health(browser);
    expect(runs.count).toBe(1);
    expect(body).toMatch(/Liveness<\/dt>.*dead.*Readiness<\/dt>.*not ready/s);

    checks.unregister('disk');
    expect((await controller.health(browser)).body).toMatch(
      /Liveness<\/dt>.*alive.*Readiness<\/dt>/s,
    );
  });

  it('is alive before bootstrap is done, and nothing else is well', async () => {
    const checks = new HealthRegistry();
    checks.registerCheck('disk', () => {}, { probes: ['liveness'] });
    const { body } = await controllerOf(checks).health(browser);
    expect(body).toMatch(
      /data-status="unhealthy".*Liveness<\/dt>.*alive.*Readiness<\/dt>.*not ready/s,
    );
    expect(checks.history('disk').results).toEqual([]);
  });
});
