import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { OrderParams, PlaceOrder, type Order } from './order.js';
import { OrdersService } from './orders.service.js';

/** `/orders` */
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /** Places an order. */
  @Post()
  async place(@Body() order: PlaceOrder): Promise<Order> {
    return this.orders.place(order);
  }

  /** One order. */
  @Get(':id')
  async findOne(@Param() { id }: OrderParams): Promise<Order> {
    return this.orders.findOne(id);
  }
}
