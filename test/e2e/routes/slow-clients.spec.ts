import { Controller, Get, Module } from '@nestjs/common';
import { HealthRegistry, MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { describe, expect, it } from 'vitest';
import { RequestsInFlight } from '../../../lib/endpoints/requests-in-flight.js';
import { boot, PLATFORMS, type BootedApp } from '../../support/boot.js';
import { settle } from '../../support/fake-clock.js';
import { Gate } from '../../support/gate.js';
import { answersIn, ask, open, readAll, requestText } from './wire.js';

const ALIVE = '{"status":"alive"}';

@Controller('orders')
class OrdersController {
  @Get()
  list(): string {
    return 'orders';
  }
}

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  controllers: [OrdersController],
})
class AppModule {}

function requestsOf({ app }: BootedApp): RequestsInFlight {
  return app.get(RequestsInFlight, { strict: false });
}

function connectionsOf({ app }: BootedApp): Promise<number> {
  return new Promise((resolve, reject) => {
    (app.getHttpServer() as Server).getConnections((error, count) =>
      error ? reject(error) : resolve(count),
    );
  });
}

async function untilNoneConnected(booted: BootedApp): Promise<void> {
  while ((await connectionsOf(booted)) > 0) await settle();
}

/** Makes the next scrape longer than the buffers of two sockets, which is more than ten megabytes. */
function fill({ app }: BootedApp): void {
  // The value of a label is cut, so that it takes several to be long.
  const longLabels = Object.fromEntries(Array.from('abcdefgh', (name) => [name, 'x'.repeat(128)]));
  const labelNames = ['customer', ...Object.keys(longLabels)];
  for (let metric = 0; metric < 20; metric += 1) {
    const counter = app
      .get(MetricsRegistry)
      .counter(`orders_${metric}_total`, 'Orders', labelNames);
    for (let at = 0; at < 1_000; at += 1) counter.inc({ ...longLabels, customer: at });
  }
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a client that sends one byte after the other is answered', async () => {
    const { url } = await boot(AppModule, platform);
    const socket = await open(url);
    socket.setNoDelay(true);
    const received = readAll(socket);
    for (const byte of requestText('GET /health/live', 'Connection: close')) {
      socket.write(byte);
      await settle();
    }
    expect(answersIn(await received)).toMatchObject([{ status: 200, body: ALIVE }]);
  });

  it('a client that says no more than half of its request keeps nobody from an answer', async () => {
    const booted = await boot(AppModule, platform);
    const silent = await Promise.all(Array.from({ length: 50 }, () => open(booted.url)));
    for (const socket of silent) socket.write('GET /health/live HTTP/1.1\r\nHost: shop');
    expect((await ask(booted.url, 'GET /health/live')).body).toBe(ALIVE);
    await requestsOf(booted).none();
    for (const socket of silent) socket.resetAndDestroy();
    await untilNoneConnected(booted);
  });

  it('a client that closes its half of the connection after asking is answered', async () => {
    const { url } = await boot(AppModule, platform);
    const socket = await open(url);
    const received = readAll(socket);
    socket.end(requestText('GET /health/ready'));
    expect(answersIn(await received)).toMatchObject([{ status: 200 }]);
  });

  it('a client that does not read its answer is under way until it reads or leaves', async () => {
    const booted = await boot(AppModule, platform);
    fill(booted);
    const [reader, leaver] = [await open(booted.url), await open(booted.url)];
    for (const socket of [reader, leaver]) {
      socket.pause();
      socket.write(requestText('GET /metrics', 'Connection: close'));
    }
    for (const socket of [reader, leaver]) await once(socket, 'readable');

    // Probes and the application answer others meanwhile.
    expect((await ask(booted.url, 'GET /health/live')).body).toBe(ALIVE);
    expect((await ask(booted.url, 'GET /orders')).body).toBe('orders');
    let none = false;
    const idle = requestsOf(booted)
      .none()
      .then(() => {
        none = true;
      });
    leaver.resetAndDestroy();
    await once(leaver, 'close');
    await settle();
    expect(none).toBe(false);

    const [answer] = answersIn(await readAll(reader));
    expect(answer?.body).toHaveLength(Number(answer?.headers['content-length']));
    expect(answer?.body).toContain('orders_19_total{customer="999",');
    await idle;
    expect(booted.log.ours('error')).toEqual([]);
  });

  it.each([
    ['with a reset', 'resetAndDestroy'],
    ['silently', 'destroy'],
  ] as const)(
    'clients that leave %s before their answer leave nothing behind',
    async (_how, leave) => {
      const booted = await boot(AppModule, platform);
      const gate = new Gate();
      const asked = new Gate();
      booted.app.get(HealthRegistry).registerCheck('database', () => {
        asked.open();
        return gate.opened;
      });
      const targets = ['/health', '/health/ready', '/health/live', '/metrics', '/orders'];
      const sockets = await Promise.all(
        Array.from({ length: 40 }, async (_, at) => {
          const socket = await open(booted.url);
          socket.write(requestText(`GET ${targets[at % targets.length]}`));
          return socket;
        }),
      );
      await asked.opened;
      await settle();
      for (const socket of sockets) socket[leave]();
      await untilNoneConnected(booted);
      gate.open();
      await requestsOf(booted).none();
      expect((await ask(booted.url, 'GET /health')).body).toContain('"name":"database"');
      await requestsOf(booted).none();
      expect(booted.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  it('clients that leave while a body is on its way leave nothing behind', async () => {
    const booted = await boot(AppModule, platform);
    const socket = await open(booted.url);
    socket.write(`${requestText('POST /health', 'Content-Length: 1000')}abc`);
    await once(socket, 'readable');
    socket.resetAndDestroy();
    await untilNoneConnected(booted);
    await requestsOf(booted).none();
    expect((await ask(booted.url, 'GET /health/live')).body).toBe(ALIVE);
  });
});
