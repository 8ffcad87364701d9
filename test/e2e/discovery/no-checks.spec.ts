import { expect, it } from 'vitest';
import { MixedUpModule, NoChecksModule } from '../../fixtures/no-checks.js';
import { StaticProviderModule } from '../../fixtures/static-provider.js';
import { start } from './start.js';

it.each([
  ['without a check', NoChecksModule],
  ['that took HealthCheck from Terminus', MixedUpModule],
])('An application %s is warned once, and told of the mix-up', async (_what, module) => {
  const { registry, log } = await start(module);
  const report = await registry.run();

  expect(report).toMatchObject({ status: 'healthy', checks: [] });
  expect(log.ours('warn')).toEqual([expect.stringContaining('@nestjs/terminus')]);
});

it('An application with a check is not warned', async () => {
  const { log } = await start(StaticProviderModule);

  expect(log.ours('warn')).toEqual([]);
});
