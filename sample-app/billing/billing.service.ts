import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { OrdersService } from '../orders/orders.service.js';

/** What a customer pays for one order; the prices of the shop are net. */
export interface Invoice {
  readonly orderId: string;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
}

const VAT_PERCENT = 23;

/** Writes invoices, unless someone has broken it in the playground. */
@Injectable()
export class BillingService {
  #broken = false;

  constructor(private readonly orders: OrdersService) {}

  /** Whether invoices can be written. */
  get works(): boolean {
    return !this.#broken;
  }

  /** The invoice for one order. @throws ServiceUnavailableException while it is broken. */
  async invoice(orderId: string): Promise<Invoice> {
    if (this.#broken)
      throw new ServiceUnavailableException('Billing is broken: no invoices today.');
    const { totalCents: netCents } = await this.orders.findOne(orderId);
    const vatCents = Math.round((netCents * VAT_PERCENT) / 100);
    return { orderId, netCents, vatCents, grossCents: netCents + vatCents };
  }

  /** No invoice is written from now on. */
  break(): void {
    this.#broken = true;
  }

  /** Invoices are written again. */
  mend(): void {
    this.#broken = false;
  }
}
