import { Body, Controller, Inject, Module, Post, Query } from '@nestjs/common';
import { SentryService } from 'nestjs-observability';
import type { ScrubbedClient } from '../../../../lib/sentry/scrubbing/event-scrubber.js';
import type { SentryInitOptions } from '../../../../lib/sentry/sentry.types.js';
import { onTestFinished } from 'vitest';
import { boot, type BootedApp } from '../../../support/boot.js';
import { startReceiver, type SentryReceiver } from '../../../support/sentry-receiver.js';

/** What the tests use of the SDK. */
export interface PrivacySdk {
  getClient(): ScrubbedClient;
  getIsolationScope(): ScopeOfSdk;
  captureEvent(event: object): string;
  startSpan(options: object, run: () => unknown): unknown;
  readonly logger: { info(message: string, attributes: object): void };
}

interface ScopeOfSdk {
  addEventProcessor(processor: (event: Record<string, unknown>) => object): void;
}

/** The public key of the project; long enough to be masked wherever it stands. */
export const KEY = '0123456789abcdef0123456789abcdef';

/** A secret; events show the source code around what fails, so that it is written out here only. */
export const CANARY = 'Vq8canary';

/** What a handler does; it gives the id of the event that it has captured. */
export type Handling = () => Promise<string | null>;

const HANDLING = Symbol('what the handler does');

@Controller()
class OrdersController {
  constructor(@Inject(HANDLING) private readonly handling: { run: Handling }) {}

  @Post('orders')
  async order(
    @Body() _body: unknown,
    @Query() _query: unknown,
  ): Promise<{ eventId: string | null }> {
    return { eventId: await this.handling.run() };
  }
}

/** An application on one major of the SDK, and where its events arrive. */
export interface PrivateApp {
  readonly sdk: PrivacySdk;
  readonly sentry: SentryService;
  readonly receiver: SentryReceiver;
  readonly dsn: string;
  readonly log: BootedApp['log'];
  /** Sends a request with secrets in every place. @returns all that arrived. */
  readonly order: (handling?: Handling) => Promise<string>;
  /** @returns all that arrived, once it has. */
  readonly sent: () => Promise<string>;
}

/** Starts Sentry and an application whose one handler does what the test wants; the test ends them. */
export async function startPrivateApp(
  load: () => Promise<unknown>,
  options: SentryInitOptions = {},
): Promise<PrivateApp> {
  const receiver = await startReceiver();
  const dsn = receiver.dsn.replace('key@', `${KEY}@`);
  const sentry = new SentryService({}, load);
  onTestFinished(async () => void (await sentry.close()));
  await sentry.init({ dsn, ...options });
  const handling: { run: Handling } = { run: async () => null };
  @Module({
    controllers: [OrdersController],
    providers: [{ provide: HANDLING, useValue: handling }],
  })
  class AppModule {}
  const { get, log } = await boot(AppModule);
  const sent = async (): Promise<string> => {
    await sentry.flush();
    return receiver.text;
  };
  return {
    sdk: (await load()) as PrivacySdk,
    sentry,
    receiver,
    dsn,
    log,
    sent,
    order: async (run = async () => sentry.captureException(new Error('no stock'))) => {
      handling.run = run;
      await get('/orders?token=in-the-query&page=2', REQUEST);
      return sent();
    },
  };
}

const REQUEST: RequestInit = {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    cookie: 'sid=in-a-cookie; theme=in-a-cookie',
    authorization: 'Bearer in-a-header',
    'proxy-authorization': 'Basic in-a-header',
    'x-api-key': 'in-a-header',
    'x-forwarded-for': '203.0.113.9',
    'x-real-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
  },
  body: JSON.stringify({ card: 'in-the-body', password: 'secret-in-the-body' }),
};
