import { Injectable } from '@nestjs/common';
import { CaptureErrors, ObservabilityModule, SentryService } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';

@Injectable()
class Invoices {
  constructor(private readonly sentry: SentryService) {}

  @CaptureErrors()
  async send(customer: string): Promise<void> {
    this.sentry.setUser({ id: customer });
    await Promise.resolve();
    if (customer === 'bob') throw new Error('of bob');
  }
}

it('What a decorated method tells Sentry outside of a request is on its own event alone', async () => {
  const receiver = await startReceiver();
  const { app } = await boot({
    module: class Shop {},
    providers: [Invoices],
    imports: [ObservabilityModule.forRoot({ sentry: { dsn: receiver.dsn } })],
  });
  const invoices = app.get(Invoices);
  await Promise.allSettled(['alice', 'bob', 'carol'].map((name) => invoices.send(name)));
  app.get(SentryService).captureMessage('outside');
  await app.close();

  const users = receiver.events.map(({ message, user }) => [message ?? 'of bob', user?.['id']]);
  expect(Object.fromEntries(users)).toEqual({ 'of bob': 'bob', outside: undefined });
});
