import { Injectable, Module } from '@nestjs/common';
import {
  getToken,
  InjectMetric as InjectTheirs,
  makeCounterProvider as makeTheirs,
} from '@willsoto/nestjs-prometheus';
import {
  InjectMetric as InjectOurs,
  makeCounterProvider as makeOurs,
  ObservabilityModule,
  type Counter,
} from 'nestjs-observability';
import { register } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';

afterEach(() => register.resetMetrics());

@Injectable()
class Orders {
  constructor(
    @InjectTheirs('made_by_us_total') readonly madeByUs: Counter,
    @InjectOurs('made_by_them_total') readonly madeByThem: Counter,
  ) {}
}

@Module({
  imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })],
  providers: [
    Orders,
    makeOurs({ name: 'made_by_us_total', help: 'Ours' }),
    makeTheirs({ name: 'made_by_them_total', help: 'Theirs' }),
  ],
})
class AppModule {}

it.each(PLATFORMS)(
  '@InjectMetric of either package receives what the other provides, on %s',
  async (platform) => {
    const { app, get } = await boot(AppModule, platform);
    const orders = app.get(Orders);
    orders.madeByUs.inc(2);
    orders.madeByThem.inc();
    const text = await (await get('/metrics')).text();

    expect(text).toContain('made_by_us_total 2\n');
    expect(text).toContain('made_by_them_total 1\n');
  },
);

it.each(['orders_total', 'Orders_Total', 'ns:orders'])(
  'The token for %s is the one of @willsoto/nestjs-prometheus',
  (name) => {
    expect(makeOurs({ name, help: 'Orders' }).provide).toBe(getToken(name));
  },
);
