import { Module } from '@nestjs/common';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../support/boot.js';

@Module({
  imports: [
    ObservabilityModule.forRoot({ metrics: { enabled: true, defaultLabels: { app: 'shop' } } }),
  ],
})
class ShopModule {}

@Module({ imports: [ObservabilityModule.forRoot({ metrics: { enabled: true } })] })
class BackOfficeModule {}

it('Two applications in one process have metrics of their own, alike in name or not', async () => {
  const shop = await boot(ShopModule, 'express');
  const office = await boot(BackOfficeModule, 'fastify');
  shop.app.get(MetricsRegistry).counter('orders_total', 'Orders').inc(5);
  office.app.get(MetricsRegistry).gauge('orders_total', 'Orders', ['state']).set({ state: 'a' }, 1);

  const ofShop = await (await shop.get('/metrics')).text();
  const ofOffice = await (await office.get('/metrics')).text();

  expect(ofShop).toContain('orders_total{app="shop"} 5\n');
  expect(ofShop).not.toContain('state');
  expect(ofOffice).toContain('orders_total{state="a"} 1\n');
  expect(ofOffice).not.toContain('shop');
});
