import { Body, Controller, Inject, Module, Post, type DynamicModule } from '@nestjs/common';
import {
  ObservabilityModule,
  SentryService,
  type ObservabilityModuleOptions,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS, type BootedApp } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';

@Controller()
class OrdersController {
  constructor(@Inject(SentryService) private readonly sentry: SentryService) {}

  @Post('orders')
  order(@Body() _body: unknown): { eventId: string | null } {
    return { eventId: this.sentry.captureException(new Error('no stock')) };
  }
}

@Module({ controllers: [OrdersController] })
class AppModule {}

const moduleWith = (options: ObservabilityModuleOptions): DynamicModule => ({
  module: AppModule,
  imports: [ObservabilityModule.forRoot(options)],
});

/** @returns the id of the event that the request's handler has captured. */
async function order(app: BootedApp): Promise<string> {
  const response = await app.get('/orders?token=in-the-query', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: 'sid=in-a-cookie',
      authorization: 'Bearer in-a-header',
      'proxy-authorization': 'Basic in-a-header',
      'x-api-key': 'in-a-header',
      'x-forwarded-for': '203.0.113.9',
      'x-real-ip': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
    },
    body: JSON.stringify({ card: 'in-the-body' }),
  });
  return ((await response.json()) as { eventId: string }).eventId;
}

const SECRETS = /in-the-query|in-a-cookie|in-a-header|in-the-body|203\.0\.113\.9/;

describe.each(PLATFORMS)(
  'The event of an error captured while a request is handled, on %s',
  (platform) => {
    it('tells which request it was, and no cookie, credential, address or body', async () => {
      const receiver = await startReceiver();
      const app = await boot(moduleWith({ sentry: { dsn: receiver.dsn } }), platform);
      const event = await receiver.waitFor(await order(app));

      expect(event.request).toMatchObject({
        method: 'POST',
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/orders/),
      });
      expect(event.user ?? {}).not.toHaveProperty('ip_address');
      expect(receiver.text).not.toMatch(SECRETS);
      await app.app.close();
      expect(receiver.text).not.toMatch(SECRETS);
    });

    it('tells no more from a second application in the process', async () => {
      const first = await startReceiver();
      const receiver = await startReceiver();
      await boot(moduleWith({ sentry: { dsn: first.dsn } }), platform);
      const app = await boot(moduleWith({ sentry: { dsn: receiver.dsn } }), platform);
      const event = await receiver.waitFor(await order(app));

      expect(event.request).toMatchObject({ method: 'POST' });
      expect(receiver.text).not.toMatch(SECRETS);
      expect(first.events).toEqual([]);
    });

    it('keeps to itself what the application has not asked for, where it asks for something', async () => {
      const receiver = await startReceiver();
      const options = { dsn: receiver.dsn, dataCollection: { httpHeaders: { response: true } } };
      const app = await boot(moduleWith({ sentry: options }), platform);
      const event = await receiver.waitFor(await order(app));

      expect(event.request).not.toHaveProperty('cookies');
      expect(receiver.text).not.toMatch(SECRETS);
    });

    it('tells of cookies and addresses where the application asks for personal data, and no secret', async () => {
      const receiver = await startReceiver();
      const app = await boot(
        moduleWith({ sentry: { dsn: receiver.dsn, sendDefaultPii: true } }),
        platform,
      );
      const event = await receiver.waitFor(await order(app));

      expect(event.request).toMatchObject({
        cookies: { sid: '[redacted]' },
        headers: { 'x-forwarded-for': '203.0.113.9' },
      });
      expect(receiver.text).not.toMatch(/in-the-query|in-a-cookie|in-a-header/);
    });
  },
);
