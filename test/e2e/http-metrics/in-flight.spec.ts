import { Controller, Get, Param } from '@nestjs/common';
import { HealthRegistry } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { Gate } from '../../support/gate.js';
import { counts, countsOnce, inFlight, measured } from './reading.js';

/** Answers in the order in which the gates are opened. */
function controllerThatWaits(gates: readonly { reached: Gate; answer: Gate }[]) {
  @Controller('orders')
  class OrdersController {
    @Get(':at')
    async one(@Param('at') at: string): Promise<string> {
      const gate = gates[Number(at)];
      gate?.reached.open();
      await gate?.answer.opened;
      return at;
    }
  }
  return OrdersController;
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('a request is in flight from when it comes until it is answered', async () => {
    const gates = [0, 1, 2].map(() => ({ reached: new Gate(), answer: new Gate() }));
    const { get } = await boot(measured([controllerThatWaits(gates)]), platform);
    const seen = [await inFlight(get)];
    const answers: Promise<string>[] = [];
    for (const [at, { reached }] of gates.entries()) {
      answers.push(get(`/orders/${at}`).then((response) => response.text()));
      await reached.opened;
      seen.push(await inFlight(get));
    }
    for (const [at, { answer }] of gates.entries()) {
      answer.open();
      await answers[at];
      await countsOnce(get, at + 1);
      seen.push(await inFlight(get));
    }
    expect(seen).toEqual([0, 1, 2, 3, 2, 1, 0]);
  });

  it('many that go away leave nothing behind', async () => {
    const gates = Array.from({ length: 20 }, () => ({ reached: new Gate(), answer: new Gate() }));
    const { get } = await boot(measured([controllerThatWaits(gates)]), platform);
    const leaving = new AbortController();
    const asked = gates.map((_gate, at) =>
      get(`/orders/${at}`, { signal: leaving.signal }).catch(() => 'left'),
    );
    for (const { reached } of gates) await reached.opened;
    expect(await inFlight(get)).toBe(20);
    leaving.abort();
    await Promise.all(asked);
    expect(await countsOnce(get, 20)).toEqual({ 'GET /orders/:at 499': 20 });
    expect(await inFlight(get)).toBe(0);
    for (const { answer } of gates) answer.open();
  });

  it('one of ours that waits for a check is not in flight', async () => {
    const [running, done] = [new Gate(), new Gate()];
    const { app, get } = await boot(measured([]), platform);
    app.get(HealthRegistry).registerCheck('slow', async () => {
      running.open();
      await done.opened;
    });
    const health = get('/health');
    await running.opened;
    expect(await inFlight(get)).toBe(0);
    done.open();
    await health;
    expect(await counts(get)).toEqual({});
  });
});
