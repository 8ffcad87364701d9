import { Controller, Get, Inject, Injectable, Module, Scope } from '@nestjs/common';
import { ModuleRef, REQUEST } from '@nestjs/core';
import { Counted, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../../support/boot.js';
import { callsIn } from './calls.js';

@Injectable({ scope: Scope.TRANSIENT })
class Basket {
  @Counted()
  add(): void {}
}

@Injectable()
class Orders {
  constructor(private readonly basket: Basket) {}

  @Counted()
  place(): void {
    this.basket.add();
  }
}

@Injectable()
class BubbledUp {
  constructor(@Inject(REQUEST) readonly request: object) {}

  @Counted()
  place(): void {}
}

@Controller()
class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Get('orders')
  @Counted()
  list(): string {
    this.orders.place();
    return 'orders';
  }
}

@Controller()
class RequestController {
  constructor(private readonly bubbledUp: BubbledUp) {}

  @Get('request')
  @Counted()
  list(): string {
    this.bubbledUp.place();
    return 'request';
  }
}

@Injectable()
class MadeLater {
  @Counted()
  work(): void {}
}

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  controllers: [OrdersController, RequestController],
  providers: [Orders, Basket, BubbledUp],
})
class AppModule {
  @Counted()
  onModuleInit(): void {}
}

describe.each(PLATFORMS)('Counted on %s are the methods of', (platform) => {
  it('providers, transient ones, controllers and module classes', async () => {
    const { app, get } = await boot(AppModule, platform);

    expect(await (await get('/orders')).text()).toBe('orders');
    expect(await callsIn(app)).toEqual({
      'AppModule.onModuleInit success': 1,
      'OrdersController.list success': 1,
      'Orders.place success': 1,
      'Basket.add success': 1,
    });
  });

  it('what is made for each request', async () => {
    const { app, get } = await boot(AppModule, platform);
    await get('/request');
    await get('/request');

    expect(await callsIn(app)).toMatchObject({
      'RequestController.list success': 2,
      'BubbledUp.place success': 2,
    });
  });

  it('what is made on demand', async () => {
    const { app } = await boot(AppModule, platform);
    (await app.get(ModuleRef).create(MadeLater)).work();

    expect(await callsIn(app)).toMatchObject({ 'MadeLater.work success': 1 });
  });
});
