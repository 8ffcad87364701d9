import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, ForbiddenException, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { HealthRegistry, MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { expectFiveRoutes } from '../../support/five-routes.js';
import { MemoryLog } from '../../support/log.js';
import { bootManaged, KINDS, managed, MANAGEMENT, reach, urlIn } from './managed.js';

const PATHS = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];

describe.each(KINDS)('the management port of an application of kind %s', (kind) => {
  it('answers the five routes, as soon as the application has come up', async () => {
    const { app, get } = await bootManaged(managed({ metrics: { enabled: true } }), kind);
    app.get(HealthRegistry).registerCheck('database', () => {});
    app.get(MetricsRegistry).counter('orders_total', 'Orders placed').inc();
    expect(await expectFiveRoutes(get, ['database'])).toMatch(/^orders_total 1$/m);
  });

  it('shows the page to a browser', async () => {
    const { get } = await bootManaged(managed(), kind);
    const answer = await get('/health', { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).toMatch(/^<!doctype html>/i);
  });

  it.each(['/', '/favicon.ico', '/orders', '/health/other', '/metrics/x', '/%ff', '/..', '*'])(
    'says that there is no %s, and that nothing may be kept of it',
    async (path) => {
      const { say } = await bootManaged(managed(), kind);
      const request = `OPTIONS ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      const answer = await say(path === '*' ? request : request.replace('OPTIONS', 'GET'));
      const [head, body] = answer.split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
      expect(head).toContain('Cache-Control: no-store');
      expect(head).toContain('X-Content-Type-Options: nosniff');
      expect(head).toContain('Content-Type: application/json; charset=utf-8');
      expect(body).toBe('{"status":"not_found"}');
    },
  );
});

describe.each(PLATFORMS)('on %s', (platform) => {
  it("the routes are not on the application's port, and the application's are not on theirs", async () => {
    @Controller('orders')
    class Orders {
      @Get()
      list(): string {
        return 'an order';
      }
    }
    const { get, log } = await boot({ ...managed(), controllers: [Orders] }, platform);
    const own = reach(urlIn(log));
    const codes = await Promise.all(PATHS.map(async (path) => (await get(path)).status));
    expect(codes).toEqual([404, 404, 404, 404, 404]);
    expect(await (await get('/orders')).text()).toBe('an order');
    expect((await own.get('/orders')).status).toBe(404);
    expect(Object.values(await own.codes())).toEqual([200, 200, 200, 200, 200]);
    expect(log.ours('warn')).toEqual([
      expect.stringMatching(/^No health check is registered/) as unknown,
    ]);
  });

  it("the application may have what it likes at the routes' paths on its own port", async () => {
    @Controller('health')
    class OwnHealth {
      @Get()
      health(): string {
        return "the application's own";
      }
    }
    const { get, log } = await boot({ ...managed(), controllers: [OwnHealth] }, platform);
    expect(await (await get('/health')).text()).toBe("the application's own");
    expect(await (await reach(urlIn(log)).get('/health')).json()).toMatchObject({ checks: [] });
  });

  it("pipeline 'nest' changes nothing: they are on the management port alone", async () => {
    const module = {
      module: class AppModule {},
      imports: [ObservabilityModule.forRoot({ management: MANAGEMENT, pipeline: 'nest' })],
    };
    const { get, log } = await boot(module, platform, (app) => {
      app.useGlobalGuards({
        canActivate: () => {
          throw new ForbiddenException();
        },
      });
    });
    const codes = await Promise.all(PATHS.map(async (path) => (await get(path)).status));
    expect(codes).toEqual([404, 404, 404, 404, 404]);
    expect(Object.values(await reach(urlIn(log)).codes())).toEqual([200, 200, 200, 200, 200]);
  });

  it('an application that never listens has it all the same', async () => {
    const { app, codes } = await bootManaged(managed(), platform);
    expect(((app as INestApplication).getHttpServer() as Server).listening).toBe(false);
    expect(Object.values(await codes())).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('a testing module', () => {
  it('has a management port once it is initialised, without HTTP', async () => {
    const log = new MemoryLog();
    const tested = await Test.createTestingModule({ imports: [managed()] })
      .setLogger(log)
      .compile();
    expect(log.ours('log')).toEqual([]);
    onTestFinished(() => tested.close());
    await tested.init();
    expect(Object.values(await reach(urlIn(log)).codes())).toEqual([200, 200, 200, 200, 200]);
  });

  it('has one beside the port of its application', async () => {
    const log = new MemoryLog();
    const tested = await Test.createTestingModule({ imports: [managed()] })
      .setLogger(log)
      .compile();
    const app = tested.createNestApplication();
    onTestFinished(() => app.close());
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(404);
    expect(Object.values(await reach(urlIn(log)).codes())).toEqual([200, 200, 200, 200, 200]);
  });
});
