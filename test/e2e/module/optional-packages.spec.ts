import { ObservabilityModule } from 'nestjs-observability';
import { expect, it, vi } from 'vitest';
import { loadOptionalPackage } from '../../../lib/optional-package.js';
import { boot } from '../../support/boot.js';

vi.mock(import('../../../lib/optional-package.js'), async (original) => {
  const real = await original();
  return { loadOptionalPackage: vi.fn<typeof loadOptionalPackage>(real.loadOptionalPackage) };
});

it.each([
  ['nothing', {}, []],
  ['metrics', { metrics: { enabled: true } }, ['prom-client']],
  ['Sentry', { sentry: { dsn: 'http://key@127.0.0.1:1/1' } }, ['@sentry/nestjs']],
])('where %s is asked for, only its package is loaded', async (_what, options, loaded) => {
  vi.mocked(loadOptionalPackage).mockClear();
  await boot({ module: class App {}, imports: [ObservabilityModule.forRoot(options)] });
  expect(vi.mocked(loadOptionalPackage).mock.calls.flat()).toEqual(loaded);
});
