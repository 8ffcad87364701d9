import { Controller, Get, Module } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { Gate } from '../../support/gate.js';
import { MANAGEMENT, reach, urlIn } from '../management/managed.js';
import { counts, inFlight, measured } from './reading.js';

const FIVE = ['/health', '/health/live', '/health/ready', '/metrics', '/health/tools'];

@Controller()
class ShopController {
  @Get('orders/:id')
  order(): string {
    return 'order';
  }

  @Get('internal/:job')
  job(): string {
    return 'job';
  }

  @Get('ping')
  ping(): string {
    return 'ping';
  }
}

async function ask(get: (path: string) => Promise<Response>, ...paths: string[]): Promise<void> {
  for (const path of paths) await (await get(path)).text();
}

describe.each(PLATFORMS)('on %s', (platform) => {
  it('the five routes are not counted, whoever asks and however', async () => {
    const { get } = await boot(measured([ShopController]), platform);
    await ask(get, ...FIVE, '/health/', '/HEALTH/live?x=1');
    await get('/health', { method: 'POST' });
    await get('/metrics', { method: 'HEAD' });
    expect(await counts(get)).toEqual({});
    expect(await inFlight(get)).toBe(0);
  });

  it('an endpoint that is named is not counted, nor one that a regular expression finds', async () => {
    const exclude = ['/ping', 'unmatched', /^\/internal\//];
    const { get } = await boot(measured([ShopController], { http: { exclude } }), platform);
    await ask(get, '/ping', '/internal/a', '/internal/b', '/nowhere', '/orders/1');
    expect(await counts(get)).toEqual({ 'GET /orders/:id 200': 1 });
  });

  it('a text is the whole pattern, and no path', async () => {
    const exclude = ['/orders', '/orders/1', '/orders/:id/lines'];
    const { get } = await boot(measured([ShopController], { http: { exclude } }), platform);
    await ask(get, '/orders/1');
    expect(await counts(get)).toEqual({ 'GET /orders/:id 200': 1 });
  });

  it.each(['g', 'y', 'gy'])(
    'a regular expression with the flags %s finds each time',
    async (flags) => {
      const exclude = [new RegExp('/(?:ping|orders)', flags)];
      const { get } = await boot(measured([ShopController], { http: { exclude } }), platform);
      await ask(get, '/ping', '/orders/1', '/orders/2', '/ping', '/internal/a');
      await get('/orders/1', { method: 'HEAD' });
      expect(await counts(get)).toEqual({ 'GET /internal/:job 200': 1 });
    },
  );

  it('what is on the management port is not counted, and the application’s port is', async () => {
    @Module({
      imports: [
        ObservabilityModule.forRoot({ metrics: { enabled: true }, management: MANAGEMENT }),
      ],
      controllers: [ShopController],
    })
    class AppModule {}

    const { get, log } = await boot(AppModule, platform);
    const management = reach(urlIn(log));
    await ask(management.get, ...FIVE, '/nowhere');
    expect(await counts(management.get)).toEqual({});
    await ask(get, '/orders/1', '/metrics');
    expect(await counts(management.get)).toEqual({
      'GET /orders/:id 200': 1,
      'GET unmatched 404': 1,
    });
    expect(await inFlight(management.get)).toBe(0);
  });

  it('an excluded endpoint is not in flight', async () => {
    const [reached, answer] = [new Gate(), new Gate()];

    @Controller()
    class EventsController {
      @Get('events')
      async events(): Promise<string> {
        reached.open();
        await answer.opened;
        return 'events';
      }
    }

    const module = measured([EventsController], { http: { exclude: ['/events'] } });
    const { get } = await boot(module, platform);
    const events = get('/events');
    await reached.opened;
    expect(await inFlight(get)).toBe(0);
    answer.open();
    await events;
  });
});
