import { expect, it } from 'vitest';
import { BadlyNamedModuleClassModule } from '../../fixtures/badly-named-module-class.js';
import { ModuleClassModule } from '../../fixtures/module-class.js';
import { bootError } from '../../support/boot.js';
import { answers, start } from './start.js';

it('A check of a module class is module:<name>, or has the code of the class', async () => {
  const { registry } = await start(ModuleClassModule);

  expect(await answers(registry)).toEqual({
    'module:order-history': 'healthy: 3 open',
    'module:invoices': 'healthy: EUR',
  });
});

it('A module class that makes no allowed code stops the boot', async () => {
  const message = await bootError(BadlyNamedModuleClassModule);

  expect(message).toMatch(/^Health check of PreçosModule \/ PreçosModule\.check: /);
  expect(message).toContain('"preços"');
});
