import { Controller, Get, Param } from '@nestjs/common';
import { ProductParams, type Product } from './product.js';
import { ProductsService } from './products.service.js';

/** `/products` */
@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  /** All products. */
  @Get()
  async findAll(): Promise<Product[]> {
    return this.products.findAll();
  }

  /** One product. */
  @Get(':id')
  async findOne(@Param() { id }: ProductParams): Promise<Product> {
    return this.products.findOne(id);
  }
}
