import { expect, it } from 'vitest';
import { Gauged, GettersModule } from '../../fixtures/getters.js';
import { ShadowedModule } from '../../fixtures/shadowed.js';
import { answers, start } from './start.js';

it('No getter of an instance is triggered', async () => {
  const { app, registry } = await start(GettersModule);

  expect(await answers(registry)).toEqual({ gauged: 'healthy' });
  expect(app.get(Gauged).triggered).toBe(0);
});

it('A property in the place of the method makes that check unhealthy, and no other', async () => {
  const { registry } = await start(ShadowedModule);

  expect(await answers(registry)).toEqual({
    legacy: 'unhealthy: check is no longer a method but "a text" (string)',
    database: 'healthy: the real one',
  });
});
