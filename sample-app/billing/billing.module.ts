import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthCheck, healthy, unhealthy, type HealthOutcome } from 'nestjs-observability';
import { OrdersModule } from '../orders/orders.module.js';
import { BillingController } from './billing.controller.js';
import { BillingService } from './billing.service.js';
import { PaymentProvider } from './payment-provider.js';

/** What customers pay; the module tells of its own health, as `module:billing`. */
@Module({
  imports: [OrdersModule, TerminusModule],
  controllers: [BillingController],
  providers: [BillingService, PaymentProvider],
  exports: [BillingService],
})
export class BillingModule {
  constructor(private readonly billing: BillingService) {}

  /** The health check `module:billing`. */
  @HealthCheck()
  check(): HealthOutcome {
    return this.billing.works ? healthy() : unhealthy('no invoices can be written');
  }
}
