import { Injectable } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { HealthCheck, HealthRegistry } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseHealth, StaticProviderModule } from '../../fixtures/static-provider.js';
import { answers } from './start.js';

@Injectable()
class FakeDatabaseHealth extends DatabaseHealth {
  override readonly url = 'the fake';

  @HealthCheck('fake-only')
  extra(): void {}
}

function testing(): TestingModuleBuilder {
  return Test.createTestingModule({ imports: [StaticProviderModule] });
}

async function compile(builder: TestingModuleBuilder): Promise<HealthRegistry> {
  const module = await builder.compile();
  onTestFinished(() => module.close());
  return module.get(HealthRegistry);
}

describe('A testing module that is compiled and never initialised', () => {
  it('finds its checks at the first run', async () => {
    const registry = await compile(testing());

    expect(await answers(registry)).toEqual({ database: 'healthy: the real one' });
  });

  it('runs a single check', async () => {
    const registry = await compile(testing());

    expect(await registry.runCheck('database')).toMatchObject({ message: 'the real one' });
  });

  it('has the checks of the class that overrides a provider', async () => {
    const registry = await compile(
      testing().overrideProvider(DatabaseHealth).useClass(FakeDatabaseHealth),
    );

    expect(await answers(registry)).toEqual({
      database: 'healthy: the fake',
      'fake-only': 'healthy',
    });
  });

  it('has the checks of the instance that overrides a provider', async () => {
    const registry = await compile(
      testing().overrideProvider(DatabaseHealth).useValue(new FakeDatabaseHealth()),
    );

    expect(await answers(registry)).toMatchObject({ database: 'healthy: the fake' });
  });

  it('has no check of a provider that a plain object overrides', async () => {
    const registry = await compile(
      testing()
        .overrideProvider(DatabaseHealth)
        .useValue({ check: () => 'not marked' }),
    );

    expect(await answers(registry)).toEqual({});
  });
});
