import { Injectable, Module } from '@nestjs/common';
import { Counted, ObservabilityModule } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

class Orders {
  touched = 0;

  get expensive(): number {
    this.touched += 1;
    return this.touched;
  }

  @Counted()
  place(): void {}

  @Counted()
  onModuleInit(): void {}
}

it('What a factory has made is counted, from the first hook on, and no getter of it is read', async () => {
  const { app } = await boot(
    measuredModule({
      providers: [{ provide: 'MADE', useFactory: () => Promise.resolve(new Orders()) }],
    }),
  );
  const made = app.get<Orders>('MADE');
  made.place();

  expect(await callsIn(app)).toEqual({
    'Orders.place success': 1,
    'Orders.onModuleInit success': 1,
  });
  expect(made.touched).toBe(0);
});

it('A value is counted', async () => {
  const value = new Orders();
  const { app } = await boot(
    measuredModule({ providers: [{ provide: 'VALUE', useValue: value }] }),
  );
  value.place();

  expect(await callsIn(app)).toMatchObject({ 'Orders.place success': 1 });
});

it('A value in two applications is counted in the one that has started last', async () => {
  const value = new Orders();
  const OrdersModule = measuredModule({ providers: [{ provide: 'VALUE', useValue: value }] });
  const first = await boot(OrdersModule);
  const second = await boot(OrdersModule);
  value.place();

  expect(await callsIn(first.app)).not.toHaveProperty(['Orders.place success']);
  expect(await callsIn(second.app)).toMatchObject({ 'Orders.place success': 1 });
});

it('What Proxies refuse to tell stops no application', async () => {
  const refuse = (): never => {
    throw new Error('refused');
  };
  const opaque = new Proxy(new Orders(), { getPrototypeOf: refuse });
  const unmarked = Object.create(new Proxy({}, { has: refuse })) as object;
  const sealed = new Proxy(new Orders(), { defineProperty: refuse });
  const { app } = await boot(
    measuredModule({
      providers: [
        { provide: 'OPAQUE', useFactory: () => opaque },
        { provide: 'UNMARKED', useFactory: () => unmarked },
        { provide: 'SEALED', useFactory: () => sealed },
      ],
    }),
  );
  opaque.place();
  sealed.place();

  expect(await callsIn(app)).toEqual({});
});

@Injectable()
class Elsewhere {
  @Counted()
  work(): void {}
}

@Module({ providers: [Elsewhere] })
class ElsewhereModule {}

it('A class of a module that does not import the one of isGlobal: false is counted', async () => {
  @Module({
    imports: [
      ObservabilityModule.forRoot({ isGlobal: false, metrics: { enabled: true } }),
      ElsewhereModule,
    ],
  })
  class AppModule {}
  const { app } = await boot(AppModule);
  app.get(Elsewhere, { strict: false }).work();

  expect(await callsIn(app)).toEqual({ 'Elsewhere.work success': 1 });
});
