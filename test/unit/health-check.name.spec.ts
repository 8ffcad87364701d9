import { expect, it } from 'vitest';
import {
  assertCheckName,
  isModuleHook,
  moduleCode,
  moduleHookName,
} from '../../lib/health/health-check.name.js';

it.each([
  ['OrderHistoryModule', 'order-history'],
  ['BillingModule', 'billing'],
  ['AWSBillingModule', 'aws-billing'],
  ['OrdersV2Module', 'orders-v2'],
  ['S3StorageModule', 's3-storage'],
  ['HTTPModule', 'http'],
  ['Orders', 'orders'],
  ['ModuleRegistry', 'module-registry'],
  ['ModulesModule', 'modules'],
  ['Module', 'module'],
  ['Orders_EU_Module', 'orders_eu_'],
])('The code of %s is %s', (className, code) => {
  expect(moduleCode(className)).toBe(code);
  expect(() => assertCheckName(code)).not.toThrow();
});

it('A class without a name has no code that is allowed', () => {
  expect(() => assertCheckName(moduleCode(''))).toThrow(TypeError);
});

it('The name of a module hook is told from that of another check', () => {
  expect(moduleHookName('billing')).toBe('module:billing');
  expect(isModuleHook('module:billing')).toBe(true);
  expect(isModuleHook('billing')).toBe(false);
  expect(isModuleHook('db:module:billing')).toBe(false);
});
