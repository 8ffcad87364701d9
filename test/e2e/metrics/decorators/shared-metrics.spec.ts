import { Injectable } from '@nestjs/common';
import { Counted, MetricsRegistry, Timed } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../../support/boot.js';
import { callsIn, measuredModule } from './calls.js';

@Injectable()
class Orders {
  @Counted('work_total', { help: 'Work done', labels: { team: 'shop', tier: 'gold' } })
  @Timed('work_seconds', { buckets: [1, 2] })
  place(): void {}
}

@Injectable()
class Invoices {
  @Counted('work_total', { labels: { tier: 'silver', team: 'books' } })
  @Timed('work_seconds', { buckets: [1, 2] })
  send(): void {}
}

it('Several classes count in one metric, with labels of their own', async () => {
  const { app } = await boot(measuredModule({ providers: [Orders, Invoices] }));
  app.get(Orders).place();
  app.get(Invoices).send();
  const text = await app.get(MetricsRegistry).expose();

  expect(await callsIn(app, 'work_total')).toEqual({
    'Orders.place success team=shop tier=gold': 1,
    'Invoices.send success team=books tier=silver': 1,
  });
  expect(text).toContain('# HELP work_total Work done\n# TYPE work_total counter\n');
  expect(await callsIn(app, 'work_seconds_count')).toEqual({
    'Orders.place success': 1,
    'Invoices.send success': 1,
  });
  expect([...text.matchAll(/^work_seconds_bucket.*le="([^"]+)"/gm)].map(([, le]) => le)).toEqual([
    '1',
    '2',
    '+Inf',
    '1',
    '2',
    '+Inf',
  ]);
});
