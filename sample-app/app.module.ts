import { Module } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-observability';
import { BillingModule } from './billing/billing.module.js';
import { DatabaseModule } from './database/database.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { PlaygroundModule } from './playground/playground.module.js';
import { ProductsModule } from './products/products.module.js';

/** The whole shop. */
@Module({
  imports: [
    ObservabilityModule.forRoot({
      // An explicit option wins over the environment, so this one is given only where ENABLE_METRICS is not set.
      metrics: { enabled: process.env['ENABLE_METRICS'] ? undefined : true },
      // Any further key appears in /health/tools beside flower, grafana and prometheus.
      tools: { runbook: 'https://example.com/runbooks/shop' },
    }),
    DatabaseModule,
    ProductsModule,
    OrdersModule,
    BillingModule,
    PlaygroundModule,
  ],
})
export class AppModule {}
