import { expect, it } from 'vitest';
import { InheritedModule } from '../../fixtures/inherited.js';
import { OverriddenModule } from '../../fixtures/overridden.js';
import { answers, start } from './start.js';

it('Each subclass has the checks of its abstract base class, and its own', async () => {
  const { registry } = await start(InheritedModule);

  expect(await answers(registry)).toEqual({
    'table:orders': 'healthy: table orders',
    'order-index': 'healthy: index of orders',
    'table:invoices': 'healthy: table invoices',
  });
});

it('An override is called, and a mark of its own replaces the inherited one', async () => {
  const { registry } = await start(OverriddenModule);

  expect(await answers(registry)).toEqual({
    queue: 'healthy: of the subclass',
    'priority-queue': 'healthy: of the marked subclass',
  });
});
