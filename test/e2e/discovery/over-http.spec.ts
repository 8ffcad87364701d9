import type { Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ControllerModule } from '../../fixtures/controller.js';
import { ModuleClassModule } from '../../fixtures/module-class.js';
import { OrderModule } from '../../fixtures/order.js';
import { RequestScopedControllerModule } from '../../fixtures/request-scoped-controller.js';
import { RequestScopedModule } from '../../fixtures/request-scoped.js';
import { StaticProviderModule } from '../../fixtures/static-provider.js';
import { boot, PLATFORMS, type BootedApp } from '../../support/boot.js';

interface Check {
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

async function checksOf(app: BootedApp): Promise<Check[]> {
  const response = await app.get('/health');
  return ((await response.json()) as { checks: Check[] }).checks;
}

const SITUATIONS: readonly [string, Type, string[]][] = [
  ['a provider', StaticProviderModule, ['database']],
  ['a controller', ControllerModule, ['orders']],
  ['a module class', ModuleClassModule, ['module:order-history', 'module:invoices']],
  ['a request-scoped provider', RequestScopedModule, ['tenant']],
  ['a request-scoped controller', RequestScopedControllerModule, ['orders']],
  [
    'each in its place',
    OrderModule,
    ['cache', 'disk', 'bucket', 'archive', 'orders', 'module:root', 'module:billing'],
  ],
];

describe.each(PLATFORMS)('GET /health on %s', (platform) => {
  it.each(SITUATIONS)('tells of the checks of %s', async (_place, module, names) => {
    const checks = await checksOf(await boot(module, platform));

    expect(checks.map((check) => check.name)).toEqual(names);
    expect(checks.map((check) => check.status)).toEqual(names.map(() => 'healthy'));
  });

  it('has a new instance of a request-scoped controller answer each time', async () => {
    const app = await boot(RequestScopedControllerModule, platform);

    const [first] = await checksOf(app);
    const [second] = await checksOf(app);

    expect(first?.message).toMatch(/^instance \d+$/);
    expect(second?.message).toMatch(/^instance \d+$/);
    expect(second?.message).not.toBe(first?.message);
  });
});
