import { Matches } from 'class-validator';

/** A product as the shop shows it. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly stock: number;
}

/** Requires the form of a product's id, such as `mug`. */
export function IsProductId(): PropertyDecorator {
  return Matches(/^[a-z][a-z0-9-]{0,39}$/, { message: '$property must be the id of a product' });
}

/** The parameters of `/products/:id`. */
export class ProductParams {
  @IsProductId()
  readonly id!: string;
}
