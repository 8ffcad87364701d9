import { IsInt, IsUUID, Max, Min } from 'class-validator';
import { IsProductId } from '../products/product.js';

/** An order as the shop shows it. */
export interface Order {
  readonly id: string;
  readonly productId: string;
  readonly quantity: number;
  readonly totalCents: number;
  readonly placedAt: Date;
}

/** The body of `POST /orders`. */
export class PlaceOrder {
  @IsProductId()
  readonly productId!: string;

  @IsInt()
  @Min(1)
  @Max(100)
  readonly quantity!: number;
}

/** The parameters of `/orders/:id`. */
export class OrderParams {
  @IsUUID()
  readonly id!: string;
}
