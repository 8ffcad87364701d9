import { Scope } from '@nestjs/common';
import type { HealthCheckName } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { AliasedElsewhereModule } from '../../fixtures/aliased-elsewhere.js';
import { namedBy } from '../../fixtures/name-function.js';
import { NamelessControllerModule, NamelessProviderModule } from '../../fixtures/nameless.js';
import { bootError } from '../../support/boot.js';
import { start } from './start.js';

const OWNER = 'Health check of ShardsModule / Shard.check: ';

const FAILING: readonly [string, HealthCheckName, string][] = [
  [
    'throws',
    () => {
      throw new Error('no name today');
    },
    'no name today',
  ],
  ['makes no text', (() => 42) as never, '42 (number)'],
  ['makes a promise', (async () => 'shard') as never, '"[promise]" (Promise)'],
  ['makes an empty name', () => '', '""'],
  ['makes a name with spaces', (self: { place: string }) => `shard ${self.place}`, '"shard north"'],
  ['makes a name that is kept for module classes', () => 'module:shard', '"module:shard"'],
];

describe('The boot stops and the check is named when its name function', () => {
  it.each(FAILING)('%s', async (_failure, name, shown) => {
    const message = await bootError(namedBy(name));

    expect(message).toContain(OWNER);
    expect(message).toContain(shown);
  });
});

it('The owner of a check is the module that provides it, not one that has an alias for it', async () => {
  expect(await bootError(AliasedElsewhereModule)).toContain('of MailModule / Mailer.check: ');
});

it('A name function gets the instance', async () => {
  const { registry } = await start(namedBy((self: { place: string }) => `shard:${self.place}`));

  expect(registry.names()).toEqual(['shard:north']);
});

it.each([Scope.REQUEST, Scope.TRANSIENT])(
  'A name function on a class of scope %i stops the boot: there is no one instance',
  async (scope) => {
    const message = await bootError(namedBy(() => 'shard', scope));

    expect(message).toContain(OWNER);
    expect(message).toContain('give the check a fixed name');
  },
);

it.each([
  ['provider', NamelessProviderModule, 'NamelessProviderModule / Mailer.check'],
  ['controller', NamelessControllerModule, 'NamelessControllerModule / MailController.check'],
])('A %s whose check has no name stops the boot', async (_kind, module, owner) => {
  const message = await bootError(module);

  expect(message).toContain(`Health check of ${owner}: `);
  expect(message).toContain('give the check a name');
});
