import { Module } from '@nestjs/common';
import { makeCounterProvider } from 'nestjs-observability';
import { ProductsModule } from '../products/products.module.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';

/** What customers have ordered. */
@Module({
  imports: [ProductsModule],
  controllers: [OrdersController],
  providers: [
    OrdersService,
    makeCounterProvider({
      name: 'orders_placed_total',
      help: 'Orders placed',
      labelNames: ['category'],
    }),
  ],
  exports: [OrdersService],
})
export class OrdersModule {}
