import { Controller, Get, Module } from '@nestjs/common';
import { HealthRegistry, ObservabilityModule } from 'nestjs-observability';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { RequestsInFlight } from '../../../lib/endpoints/requests-in-flight.js';
import { boot, PLATFORMS, type BootedApp } from '../../support/boot.js';
import { Gate } from '../../support/gate.js';
import { settle } from '../../support/fake-clock.js';
import { answersIn, ask, exchange, open, readAll, requestText } from './wire.js';

const ALIVE = '{"status":"alive"}';
const READY = '{"status":"ready","health":"healthy"}';

/** An application with a route that waits, and a check that does. */
function appThatWaits(): { module: ReturnType<typeof moduleOf>; reached: Gate; let: Gate } {
  const reached = new Gate();
  const gate = new Gate();
  return { module: moduleOf(reached, gate), reached, let: gate };
}

function moduleOf(reached: Gate, gate: Gate) {
  @Controller('orders')
  class OrdersController {
    @Get()
    list(): string {
      return 'orders';
    }

    @Get('slow')
    async slow(): Promise<string> {
      reached.open();
      await gate.opened;
      return 'slow orders';
    }
  }

  @Module({ imports: [ObservabilityModule.forRoot()], controllers: [OrdersController] })
  class AppModule {}
  return AppModule;
}

function pipelined(...targets: readonly string[]): string {
  const last = targets.length - 1;
  return targets
    .map((target, at) =>
      requestText(...((at === last ? [target, 'Connection: close'] : [target]) as [string])),
    )
    .join('');
}

/** All requests of the application have ended, as far as its drain can tell. */
async function expectNoneInFlight({ app }: BootedApp): Promise<void> {
  await app.get(RequestsInFlight, { strict: false }).none();
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('many requests in one write are answered in their order, ours and the application’s', async () => {
    const { module } = appThatWaits();
    const booted = await boot(module, platform);
    const targets = [
      'GET /health/live',
      'GET /orders',
      'GET /health/ready',
      'HEAD /health/live',
      'GET /orders',
      'POST /health',
      'GET /nowhere',
      'GET /health/live?x',
      'GET /health/tools',
      'GET /orders',
    ];
    const answers = answersIn(
      await exchange(booted.url, pipelined(...targets)),
      targets.map((target) => target.split(' ')[0] ?? ''),
    );
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200, 405, 404, 200, 200, 200,
    ]);
    expect(answers.map(({ body }) => body)).toMatchObject({
      0: ALIVE,
      1: 'orders',
      2: READY,
      3: '',
      4: 'orders',
      7: ALIVE,
      9: 'orders',
    });
    await expectNoneInFlight(booted);
  });

  it('one that waits behind a slow route of the application is answered after it', async () => {
    const { module, reached, let: gate } = appThatWaits();
    const booted = await boot(module, platform);
    const received = exchange(
      booted.url,
      pipelined('GET /orders/slow', 'GET /health/live', 'GET /orders', 'GET /health/ready'),
    );
    await reached.opened;
    // Whoever has a connection of their own waits for nobody.
    expect((await ask(booted.url, 'GET /health/live')).body).toBe(ALIVE);
    gate.open();
    const answers = answersIn(await received);
    expect(answers.map(({ body }) => body)).toEqual(['slow orders', ALIVE, 'orders', READY]);
    await expectNoneInFlight(booted);
  });

  it('one that comes before a slow route of the application is answered at once', async () => {
    const { module, reached, let: gate } = appThatWaits();
    const booted = await boot(module, platform);
    const socket = await open(booted.url);
    const first = once(socket, 'data') as Promise<[Buffer]>;
    socket.write(pipelined('GET /health/live', 'GET /orders/slow'));
    const [bytes] = await first;
    expect(answersIn(bytes.toString('latin1'))).toMatchObject([{ status: 200, body: ALIVE }]);
    await reached.opened;
    const rest = readAll(socket);
    gate.open();
    expect(await rest).toContain('slow orders');
    await expectNoneInFlight(booted);
  });

  it('many that go away before their answers leave nothing behind', async () => {
    const { module, reached, let: gate } = appThatWaits();
    const booted = await boot(module, platform);
    const socket = await open(booted.url);
    socket.write(pipelined('GET /orders/slow', 'GET /health', 'GET /orders', 'GET /metrics'));
    await reached.opened;
    socket.resetAndDestroy();
    gate.open();
    await expectNoneInFlight(booted);
    expect((await ask(booted.url, 'GET /health/live')).body).toBe(ALIVE);
    expect(booted.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('of many behind one of ours that waits for a check none is lost, nor kept after they leave', async () => {
    const { module } = appThatWaits();
    const booted = await boot(module, platform);
    const asked = new Gate();
    const gate = new Gate();
    booted.app.get(HealthRegistry).registerCheck('database', () => {
      asked.open();
      return gate.opened;
    });
    const targets = ['GET /health', 'GET /orders', 'GET /health/ready', 'GET /health/live'];
    const staying = exchange(booted.url, pipelined(...targets));
    const leaving = await open(booted.url);
    leaving.write(pipelined(...targets));
    await asked.opened;
    await settle();
    leaving.resetAndDestroy();
    gate.open();
    const answers = answersIn(await staying);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[0]?.body).toContain('"name":"database"');
    expect(answers.slice(1).map(({ body }) => body)).toEqual(['orders', READY, ALIVE]);
    await expectNoneInFlight(booted);
  });
});
