import { Controller, Get, Module, type Type } from '@nestjs/common';
import {
  HealthRegistry,
  HealthStatus,
  ObservabilityModule,
  SentryService,
  type ObservabilityModuleOptions,
  type HealthCheckOptions,
  type HealthOutcome,
} from 'nestjs-observability';
import { boot, type BootedApp, type Platform } from '../../../support/boot.js';
import { startReceiver, type SentryEvent } from '../../../support/sentry-receiver.js';

@Controller()
class OrdersController {
  constructor(
    private readonly health: HealthRegistry,
    private readonly sentry: SentryService,
  ) {}

  /** A request that is told of, and that brings all checks to a result. */
  @Get('orders')
  async orders(): Promise<string> {
    this.sentry.setUser({ id: 'customer-7' });
    this.sentry.setTag('order', 'order-7');
    this.sentry.setContext('cart', { item: 'item-7' });
    this.sentry.addBreadcrumb({ message: 'step-7' });
    await this.health.run();
    return 'ok';
  }

  @Get('broken')
  broken(): string {
    return this.sentry.captureException(new Error('Order is broken')) ?? 'not captured';
  }
}

/** An application whose checks answer what they are told to, and whose Sentry is a receiver. */
export interface CheckedApp extends BootedApp {
  readonly health: HealthRegistry;
  readonly sentry: SentryService;
  /** Of the receiver. */
  readonly dsn: string;
  /** Registers a check. @returns sets what it answers. */
  readonly check: (
    name: string,
    options?: HealthCheckOptions,
  ) => (outcome: HealthOutcome | HealthStatus | Error) => void;
  /** Asks for `/health` so many times. */
  readonly probe: (times?: number) => Promise<void>;
  /** All events of health checks that have arrived, in order, once all has been sent. */
  readonly events: () => Promise<readonly HealthEvent[]>;
  /** Everything that has arrived, as it came. */
  readonly text: () => string;
}

/** What the tests read of an event of a health check. */
export interface HealthEvent extends SentryEvent {
  readonly fingerprint?: readonly string[];
  readonly contexts?: Record<string, Record<string, unknown>>;
  readonly breadcrumbs?: readonly { readonly message?: string; readonly level?: string }[];
}

/** Boots it. */
export async function bootChecked(
  { sentry, ...options }: ObservabilityModuleOptions = {},
  platform: Platform = 'express',
): Promise<CheckedApp> {
  const receiver = await startReceiver();

  @Module({
    imports: [
      ObservabilityModule.forRoot({ ...options, sentry: { dsn: receiver.dsn, ...sentry } }),
    ],
    controllers: [OrdersController],
  })
  class AppModule {}

  const booted = await boot(AppModule as Type, platform);
  const health = booted.app.get(HealthRegistry);
  const service = booted.app.get(SentryService);
  return {
    ...booted,
    health,
    sentry: service,
    dsn: receiver.dsn,
    check: (name, checkOptions) => {
      const answer: { outcome: HealthOutcome | HealthStatus | Error } = {
        outcome: HealthStatus.HEALTHY,
      };
      const run = (): HealthOutcome | HealthStatus => {
        if (answer.outcome instanceof Error) throw answer.outcome;
        return answer.outcome;
      };
      health.registerCheck(name, run, checkOptions);
      return (outcome) => {
        answer.outcome = outcome;
      };
    },
    probe: async (times = 1) => {
      for (let probes = 0; probes < times; probes += 1) await booted.get('/health');
    },
    events: async () => {
      await service.flush();
      return receiver.events;
    },
    text: () => receiver.text,
  };
}
