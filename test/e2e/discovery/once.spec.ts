import type { Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { AliasedModule } from '../../fixtures/aliased.js';
import { CircularModulesModule } from '../../fixtures/circular-modules.js';
import { DynamicModuleModule } from '../../fixtures/dynamic-module.js';
import { GlobalModule } from '../../fixtures/global-module.js';
import { ImportedBySeveralModule } from '../../fixtures/imported-by-several.js';
import { ReExportedModule } from '../../fixtures/re-exported.js';
import { SharedInstanceModule } from '../../fixtures/shared-instance.js';
import { answers, start } from './start.js';

const SITUATIONS: readonly [string, Type, Record<string, string>][] = [
  ['a provider with aliases', AliasedModule, { mailer: 'healthy' }],
  ['an instance that a second provider hands out', SharedInstanceModule, { mailer: 'healthy' }],
  ['a global module', GlobalModule, { settings: 'healthy' }],
  ['a dynamic module', DynamicModuleModule, { broker: 'healthy: broker.example' }],
  [
    'modules that import each other',
    CircularModulesModule,
    { authors: 'healthy', books: 'healthy' },
  ],
  ['a module that another exports again', ReExportedModule, { storage: 'healthy' }],
  [
    'a module class that several modules import',
    ImportedBySeveralModule,
    { 'module:ledger': 'healthy' },
  ],
];

describe('Each check is registered once', () => {
  // A second registration would be an error at boot: the names are taken.
  it.each(SITUATIONS)('from %s', async (_place, module, expected) => {
    const { registry } = await start(module);

    expect(await answers(registry)).toEqual(expected);
  });
});
