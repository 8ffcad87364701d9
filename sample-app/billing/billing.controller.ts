import { Controller, Get, Param } from '@nestjs/common';
import { OrderParams } from '../orders/order.js';
import { BillingService, type Invoice } from './billing.service.js';

/** `/billing` */
@Controller('billing')
export class BillingController {
  constructor(private readonly billing: BillingService) {}

  /** The invoice for one order. */
  @Get('invoices/:id')
  async invoice(@Param() { id }: OrderParams): Promise<Invoice> {
    return this.billing.invoice(id);
  }
}
