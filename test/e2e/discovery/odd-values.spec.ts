import type { Type } from '@nestjs/common';
import { expect, it } from 'vitest';
import { NullPrototypeModule } from '../../fixtures/null-prototype.js';
import { PlainValuesModule } from '../../fixtures/plain-values.js';
import { ProxyModule } from '../../fixtures/proxy.js';
import { answers, start } from './start.js';

const DATABASE = { database: 'healthy: the real one' };

const SITUATIONS: readonly [string, Type, Record<string, string>][] = [
  ['Objects without a prototype', NullPrototypeModule, DATABASE],
  ['Primitives, functions, classes and plain objects', PlainValuesModule, DATABASE],
  [
    'Proxies, those that refuse to tell included,',
    ProxyModule,
    { remote: 'healthy: through the proxy', ...DATABASE },
  ],
];

it.each(SITUATIONS)('%s do not disturb the discovery', async (_values, module, expected) => {
  const { registry } = await start(module);

  expect(await answers(registry)).toEqual(expected);
});
