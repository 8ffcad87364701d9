import { Controller, Get, Inject, Module, Param } from '@nestjs/common';
import { ObservabilityModule, SentryService } from 'nestjs-observability';
import { expect, it, describe } from 'vitest';
import { boot, PLATFORMS } from '../../../support/boot.js';
import { Gate } from '../../../support/gate.js';
import { startReceiver, type SentryEvent } from '../../../support/sentry-receiver.js';

const REQUESTS = 200;

describe.each(PLATFORMS)(`${REQUESTS} requests at the same time, on %s`, (platform) => {
  it('each have an event of their own, with nothing of any other', async () => {
    const receiver = await startReceiver();
    const all = new Gate();
    let arrived = 0;

    @Controller()
    class OrdersController {
      constructor(@Inject(SentryService) private readonly sentry: SentryService) {}

      @Get('orders/:id')
      async order(@Param('id') id: string): Promise<never> {
        this.sentry.setUser({ id });
        this.sentry.addBreadcrumb({ message: `crumb ${id}` });
        arrived += 1;
        if (arrived === REQUESTS) all.open();
        await all.opened;
        this.sentry.setTag('order', id);
        throw new Error(`order ${id}`);
      }
    }

    @Module({
      imports: [
        // Its queue holds fewer than these at once.
        ObservabilityModule.forRoot({
          sentry: { dsn: receiver.dsn, transportOptions: { bufferSize: 2 * REQUESTS } },
        }),
      ],
      controllers: [OrdersController],
    })
    class AppModule {}

    const { app, get } = await boot(AppModule, platform);
    const ids = Array.from({ length: REQUESTS }, (_, index) => `n${index}n`);
    await Promise.all(ids.map((id) => get(`/orders/${id}`)));
    await app.get(SentryService).flush(30_000);

    expect(receiver.events.map(toldOf).toSorted()).toEqual(
      ids
        .map((id) => [`order ${id}`, id, id, [`crumb ${id}`], `/orders/${id}`])
        .map((told) => JSON.stringify(told))
        .toSorted(),
    );
  });
});

function toldOf(event: SentryEvent): string {
  const { breadcrumbs = [] } = event;
  const crumbs = breadcrumbs.flatMap(({ message = '' }) =>
    message.startsWith('crumb') ? message : [],
  );
  return JSON.stringify([
    event.exception?.values[0]?.value,
    event.user?.['id'],
    event.tags?.['order'],
    crumbs,
    new URL(String(event.request?.['url'])).pathname,
  ]);
}
