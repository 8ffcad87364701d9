import type { Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ControllerModule } from '../../fixtures/controller.js';
import { StaticProviderModule } from '../../fixtures/static-provider.js';
import { UseClassModule } from '../../fixtures/use-class.js';
import { UseFactoryModule } from '../../fixtures/use-factory.js';
import { UseValueModule } from '../../fixtures/use-value.js';
import { answers, start } from './start.js';

const SITUATIONS: readonly [string, Type, Record<string, string>][] = [
  ['a provider', StaticProviderModule, { database: 'healthy: the real one' }],
  ['a controller', ControllerModule, { orders: 'healthy: 2 orders' }],
  ['the class of useClass', UseClassModule, { cache: 'healthy: redis' }],
  [
    'what a factory makes, at once or later',
    UseFactoryModule,
    {
      sync: 'healthy: connected to sync',
      async: 'healthy: connected to async',
      'after-async': 'healthy: connected to after-async',
    },
  ],
  ['an instance as a value', UseValueModule, { clock: 'healthy: UTC' }],
];

describe('A marked method is found and called on its instance', () => {
  it.each(SITUATIONS)('in %s', async (_place, module, expected) => {
    const { registry } = await start(module);

    expect(await answers(registry)).toEqual(expected);
  });
});
