import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Counted, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../../support/boot.js';
import { callsIn } from './calls.js';

@Injectable()
class Basket {
  constructor(@Inject(REQUEST) readonly request: object) {}

  @Counted()
  add(): void {}
}

@Controller('baskets')
class BasketsController {
  constructor(private readonly basket: Basket) {}

  @Get()
  @Counted()
  list(): string {
    this.basket.add();
    return 'baskets';
  }
}

@Controller('orders')
class OrdersController {
  @Get()
  @Counted()
  list(): string {
    return 'orders';
  }
}

@Module({ controllers: [BasketsController, OrdersController], providers: [Basket] })
class FeatureModule {}

@Module({
  imports: [
    ObservabilityModule.forRoot({ isGlobal: false, metrics: { enabled: true } }),
    FeatureModule,
  ],
})
class AppModule {}

describe.each(PLATFORMS)(
  'On %s, without isGlobal, a module that does not import it',
  (platform) => {
    it('has its controllers and what is made for each request counted', async () => {
      const { app, get } = await boot(AppModule, platform);
      expect(await (await get('/orders')).text()).toBe('orders');
      expect(await (await get('/baskets')).text()).toBe('baskets');
      expect(await (await get('/baskets')).text()).toBe('baskets');

      expect(await callsIn(app)).toEqual({
        'OrdersController.list success': 1,
        'BasketsController.list success': 2,
        'Basket.add success': 2,
      });
    });
  },
);
