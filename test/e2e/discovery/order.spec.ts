import { expect, it } from 'vitest';
import { OrderModule } from '../../fixtures/order.js';
import { start } from './start.js';

const ORDER = ['cache', 'disk', 'bucket', 'archive', 'orders', 'module:root', 'module:billing'];

it('Checks are listed as they were registered, module checks last', async () => {
  const { registry } = await start(OrderModule);
  const { checks } = await registry.run();

  expect(registry.names()).toEqual(ORDER);
  expect(checks.map((check) => check.name)).toEqual(ORDER);
});
