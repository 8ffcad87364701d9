import { Controller, Get, Injectable, Module, type DynamicModule } from '@nestjs/common';
import {
  degraded,
  healthy,
  HealthCheck,
  ObservabilityModule,
  unhealthy,
  type HealthOutcome,
  type ObservabilityModuleOptions,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An application whose one check says what it is told to say. */
function appThatSays(
  outcome: HealthOutcome | undefined,
  options: ObservabilityModuleOptions = {},
  probes?: readonly ('liveness' | 'readiness')[],
): DynamicModule {
  @Injectable()
  class Database {
    @HealthCheck('database', { probes })
    check(): HealthOutcome | undefined {
      return outcome;
    }
  }

  @Module({})
  class BillingModule {
    @HealthCheck()
    check(): void {}
  }

  @Controller('orders')
  class OrdersController {
    @Get()
    list(): string[] {
      return [];
    }
  }

  @Module({})
  class AppModule {}
  return {
    module: AppModule,
    imports: [BillingModule, ObservabilityModule.forRoot(options)],
    controllers: [OrdersController],
    providers: [Database],
  };
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('/health holds the status, the time and every check, with exactly these keys', async () => {
    const { get } = await boot(appThatSays(healthy('Connection OK', { pool: 3 })), platform);
    const response = await get('/health');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(ISO_TIME),
      checks: [
        {
          name: 'database',
          status: 'healthy',
          message: 'Connection OK',
          latency_ms: expect.any(Number),
          details: { pool: 3 },
          checked_at: expect.stringMatching(ISO_TIME),
        },
        {
          name: 'module:billing',
          status: 'healthy',
          message: '',
          latency_ms: expect.any(Number),
          details: {},
          checked_at: expect.stringMatching(ISO_TIME),
        },
      ],
    });
  });

  it.each([
    [healthy(), 'healthy'],
    [degraded(), 'degraded'],
    [unhealthy(), 'unhealthy'],
  ])('/health is 200 whatever the status', async (outcome, status) => {
    const { get } = await boot(appThatSays(outcome), platform);
    const response = await get('/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status });
  });

  it('/health has another code for a status where the options say so', async () => {
    const statusCodes = { unhealthy: 503 };
    const { get } = await boot(appThatSays(unhealthy(), { health: { statusCodes } }), platform);
    expect((await get('/health')).status).toBe(503);
  });

  it('/health/live is alive while the process runs, whatever the checks say', async () => {
    const { get } = await boot(appThatSays(unhealthy()), platform);
    const response = await get('/health/live');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"status":"alive"}');
  });

  it('/health/live is dead when a check that opted into liveness is unhealthy', async () => {
    const { get } = await boot(appThatSays(unhealthy(), {}, ['liveness']), platform);
    const response = await get('/health/live');
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('{"status":"dead"}');
  });

  it.each([
    [healthy(), 200, '{"status":"ready","health":"healthy"}'],
    [degraded(), 200, '{"status":"ready","health":"degraded"}'],
    [unhealthy(), 503, '{"status":"not_ready","health":"unhealthy"}'],
  ])('/health/ready says what the checks come to', async (outcome, code, body) => {
    const { get } = await boot(appThatSays(outcome), platform);
    const response = await get('/health/ready');
    expect(response.status).toBe(code);
    expect(await response.text()).toBe(body);
  });

  it('/health/ready leaves out checks that do not count for readiness', async () => {
    const { get } = await boot(appThatSays(unhealthy(), {}, []), platform);
    expect(await (await get('/health/ready')).text()).toBe('{"status":"ready","health":"healthy"}');
    expect(await (await get('/health')).json()).toMatchObject({ status: 'unhealthy' });
  });

  it('/metrics holds only a comment that says so with metrics off', async () => {
    const { get } = await boot(appThatSays(healthy()), platform);
    const response = await get('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain;/);
    expect(await response.text()).toMatch(/^# Metrics are off\..+\n$/);
  });

  it('/health/tools holds the three tools, and the user’s own as they are', async () => {
    const tools = {
      flower: 'http://flower.example.com:5555',
      'Log-Search': 'https://logs.example.com/a?b=c',
    };
    const { get } = await boot(appThatSays(healthy(), { tools }), platform);
    const response = await get('/health/tools');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(
      '{"flower":"http://flower.example.com:5555","grafana":null,"prometheus":null,' +
        '"Log-Search":"https://logs.example.com/a?b=c"}',
    );
  });

  it.each(['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'])(
    '%s is never stored, sniffed or validated, and has no cookie',
    async (path) => {
      const { get } = await boot(appThatSays(healthy()), platform);
      const { headers } = await get(path, { headers: { 'If-None-Match': '*' } });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      for (const absent of ['etag', 'set-cookie', 'x-powered-by', 'last-modified']) {
        expect(headers.get(absent)).toBeNull();
      }
    },
  );

  it.each(['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'])(
    '%s answers HEAD without a body, and refuses other methods',
    async (path) => {
      const { get } = await boot(appThatSays(healthy()), platform);
      const [full, head] = [await get(path), await get(path, { method: 'HEAD' })];
      expect(head.status).toBe(full.status);
      expect(head.headers.get('content-type')).toBe(full.headers.get('content-type'));
      expect(await head.text()).toBe('');
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const refused = await get(path, { method });
        expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      }
    },
  );

  it.each([
    '/health/live?verbose=1',
    '/health/live/',
    '/health/live/?x',
    `/health/live?${'q'.repeat(4_000)}`,
  ])('a query and a slash at the end change nothing: %.30s', async (path) => {
    const { get } = await boot(appThatSays(healthy()), platform);
    expect(await (await get(path)).text()).toBe('{"status":"alive"}');
  });

  it.each(['/', '/health/other', '/healthy', '/metrics/x', '/orders'])(
    '%s stays the application’s own',
    async (path) => {
      const { get } = await boot(appThatSays(healthy()), platform);
      const response = await get(path);
      expect(response.status).toBe(path === '/orders' ? 200 : 404);
      expect(response.headers.get('cache-control')).toBeNull();
    },
  );
});
