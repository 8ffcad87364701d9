import { expect, it } from 'vitest';
import { ReplacedMethodModule } from '../../fixtures/replaced-method.js';
import { SymbolMethodModule } from '../../fixtures/symbol-method.js';
import { answers, start } from './start.js';

it('A method named by a symbol is a check', async () => {
  const { registry } = await start(SymbolMethodModule);

  expect(await answers(registry)).toEqual({ disk: 'healthy: 80 % free' });
});

it('What another decorator puts in the place of the method is called, in either order', async () => {
  const { registry } = await start(ReplacedMethodModule);

  expect(await answers(registry)).toEqual({
    'traced-after': 'healthy: traced search',
    'traced-before': 'healthy: traced search',
  });
});
