import type { Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { BubbledScopeModule } from '../../fixtures/bubbled-scope.js';
import { ProvidedTwiceRequestScopedModule } from '../../fixtures/provided-twice-request-scoped.js';
import { RequestScopedControllerModule } from '../../fixtures/request-scoped-controller.js';
import { RequestScopedFactoryModule } from '../../fixtures/request-scoped-factory.js';
import { RequestScopedModuleClassModule } from '../../fixtures/request-scoped-module-class.js';
import { RequestScopedModule } from '../../fixtures/request-scoped.js';
import { StaticProviderModule } from '../../fixtures/static-provider.js';
import { TransientModule } from '../../fixtures/transient.js';
import { answers, start, type StartedApp } from './start.js';

const SITUATIONS: readonly [string, Type, string][] = [
  ['A request-scoped provider', RequestScopedModule, 'tenant'],
  ['A request-scoped controller', RequestScopedControllerModule, 'orders'],
  ['A provider with a request-scoped dependency', BubbledScopeModule, 'cart'],
  [
    'A module class with a request-scoped dependency',
    RequestScopedModuleClassModule,
    'module:cart',
  ],
  ['A transient provider', TransientModule, 'cursor'],
];

function builtAnewWarnings({ log }: StartedApp): string[] {
  return log.ours('warn').filter((message) => message.includes('built anew'));
}

describe.each(SITUATIONS)('%s', (_situation, module, name) => {
  it('is built anew for each run', async () => {
    const { registry } = await start(module);

    const first = await registry.runCheck(name);
    const second = await registry.runCheck(name);

    expect(first).toMatchObject({
      status: 'healthy',
      message: expect.stringMatching(/^instance \d+$/),
    });
    expect(numberIn(second.message)).toBe(numberIn(first.message) + 1);
  });

  it('is named by one warning at boot, and by none at a run', async () => {
    const started = await start(module);

    await started.registry.run();
    await started.registry.run();

    expect(builtAnewWarnings(started)).toEqual([expect.stringContaining(name)]);
  });
});

it('A request-scoped check is given a request object', async () => {
  const { registry } = await start(RequestScopedModule);

  expect(await registry.runCheck('tenant')).toMatchObject({ details: { request: 'object' } });
});

it('Each request-scoped check gets the instance of its own module', async () => {
  const { registry } = await start(ProvidedTwiceRequestScopedModule);

  expect(await answers(registry)).toEqual({ north: 'healthy: Oslo', south: 'healthy: Rome' });
});

it('An application whose checks keep their instances is not warned', async () => {
  expect(builtAnewWarnings(await start(StaticProviderModule))).toEqual([]);
});

function numberIn(message: string): number {
  return Number(/\d+/.exec(message)?.[0]);
}

it('What a request-scoped factory makes is not known before it is made, and not looked into', async () => {
  const { registry } = await start(RequestScopedFactoryModule);

  expect(registry.names()).toEqual([]);
});
