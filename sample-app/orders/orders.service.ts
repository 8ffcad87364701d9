import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectMetric, MetricsRegistry, type Counter, type Histogram } from 'nestjs-observability';
import { Database } from '../database/database.js';
import { ProductsService } from '../products/products.service.js';
import type { Order, PlaceOrder } from './order.js';

const COLUMNS = `id, product_id as "productId", quantity, total_cents as "totalCents",
  placed_at as "placedAt"`;

/** Takes orders, and counts them. */
@Injectable()
export class OrdersService {
  readonly #values: Histogram<'category'>;

  constructor(
    private readonly database: Database,
    private readonly products: ProductsService,
    @InjectMetric('orders_placed_total') private readonly placed: Counter<'category'>,
    metrics: MetricsRegistry,
  ) {
    this.#values = metrics.histogram(
      'order_value_euros',
      'Value of an order, in euros',
      ['category'],
      [10, 25, 50, 100, 250, 1_000],
    );
  }

  /**
   * Takes products off the shelf and writes the order down, both or neither.
   *
   * @throws NotFoundException when there is no such product.
   * @throws ConflictException when there is not enough of it.
   */
  async place({ productId, quantity }: PlaceOrder): Promise<Order> {
    const { category, name } = await this.products.findOne(productId);
    const [order] = await this.database.query<Order>(
      `with taken as (
         update sample_shop.products set stock = stock - $2
         where id = $1 and stock >= $2
         returning id, price_cents
       )
       insert into sample_shop.orders (product_id, quantity, total_cents)
       select id, $2, price_cents * $2 from taken
       returning ${COLUMNS}`,
      [productId, quantity],
    );
    if (order === undefined) throw new ConflictException(`Fewer than ${quantity} left: ${name}.`);
    this.placed.inc({ category });
    this.#values.observe({ category }, order.totalCents / 100);
    return order;
  }

  /** @throws NotFoundException when there is no such order. */
  async findOne(id: string): Promise<Order> {
    const [order] = await this.database.query<Order>(
      `select ${COLUMNS} from sample_shop.orders where id = $1`,
      [id],
    );
    if (order === undefined) throw new NotFoundException(`There is no order "${id}".`);
    return order;
  }
}
