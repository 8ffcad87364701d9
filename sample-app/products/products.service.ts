import { Injectable, NotFoundException } from '@nestjs/common';
import { degraded, HealthCheck, healthy, type HealthOutcome } from 'nestjs-observability';
import { Database } from '../database/database.js';
import type { Product } from './product.js';

const COLUMNS = 'id, name, category, price_cents as "priceCents", stock';

/** Knows what the shop sells. */
@Injectable()
export class ProductsService {
  constructor(private readonly database: Database) {}

  /** All products, by name. */
  async findAll(): Promise<Product[]> {
    return this.database.query<Product>(
      `select ${COLUMNS} from sample_shop.products order by name`,
    );
  }

  /** @throws NotFoundException when there is no such product. */
  async findOne(id: string): Promise<Product> {
    const [product] = await this.database.query<Product>(
      `select ${COLUMNS} from sample_shop.products where id = $1`,
      [id],
    );
    if (product === undefined) throw new NotFoundException(`There is no product "${id}".`);
    return product;
  }

  /** The health check `stock`; a shop with an empty shelf still takes traffic, so it counts for no probe. */
  @HealthCheck('stock', { critical: false, probes: [] })
  async checkStock(): Promise<HealthOutcome> {
    const soldOut = (await this.findAll()).filter(({ stock }) => stock === 0).map(({ id }) => id);
    return soldOut.length === 0
      ? healthy()
      : degraded(`sold out: ${soldOut.join(', ')}`, { products: soldOut });
  }
}
