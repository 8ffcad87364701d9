import { expect, it } from 'vitest';
import { ImportedTwiceModule } from '../../fixtures/imported-twice.js';
import { NamedAlikeModule } from '../../fixtures/named-alike.js';
import { ProvidedTwiceModule } from '../../fixtures/provided-twice.js';
import { RegisteredByCallModule } from '../../fixtures/registered-by-call.js';
import { bootError } from '../../support/boot.js';
import { answers, start } from './start.js';

it('A provider in two modules stops the boot, and both are named', async () => {
  const message = await bootError(ProvidedTwiceModule);

  expect(message).toContain('"database"');
  expect(message).toContain('OrdersModule / DatabaseHealth.check');
  expect(message).toContain('BillingModule / DatabaseHealth.check');
});

it('Two classes that use one name stop the boot, and both are named', async () => {
  const message = await bootError(NamedAlikeModule);

  expect(message).toContain('NamedAlikeModule / Primary.check ');
  expect(message).toContain('NamedAlikeModule / Replica.checkLag');
});

it('A name taken by a call in onModuleInit stops the boot, and both are named', async () => {
  const message = await bootError(RegisteredByCallModule);

  expect(message).toContain('"redis"');
  expect(message).toContain('a call of registerCheck()');
  expect(message).toContain('RegisteredByCallModule / RedisHealth.check');
});

it('A dynamic module imported twice has two checks when the instance makes the name', async () => {
  const { registry } = await start(ImportedTwiceModule);

  expect(await answers(registry)).toEqual({
    'db:orders': 'healthy: orders',
    'db:billing': 'healthy: billing',
    'module:orders': 'healthy: orders',
    'module:billing': 'healthy: billing',
  });
});
