import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import {
  HealthRegistry,
  MetricsRegistry,
  ObservabilityModule,
  SentryService,
  type ObservabilityModuleOptions,
  type ObservabilityOptionsFactory,
} from 'nestjs-observability';
import { REQUEST } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { boot, bootError } from '../../support/boot.js';

const GOOD: ObservabilityModuleOptions = {
  metrics: { enabled: true },
  tools: { grafana: 'http://grafana:3000' },
};
const BAD = { metrics: { enabled: 'maybe' } } as never;

@Injectable()
class Settings implements ObservabilityOptionsFactory {
  options: ObservabilityModuleOptions = GOOD;

  createObservabilityOptions(): ObservabilityModuleOptions {
    return this.options;
  }
}

@Injectable()
class BadSettings extends Settings {
  override options = BAD;
}

@Module({ providers: [Settings, BadSettings], exports: [Settings, BadSettings] })
class SettingsModule {}

function appWith(observability: DynamicModule): DynamicModule {
  @Module({})
  class AppModule {}
  return { module: AppModule, imports: [observability] };
}

describe('options from', () => {
  it.each<[string, DynamicModule]>([
    ['forRoot', ObservabilityModule.forRoot(GOOD)],
    ['a factory', ObservabilityModule.forRootAsync({ useFactory: () => GOOD })],
    [
      'a factory that takes its time',
      ObservabilityModule.forRootAsync({ useFactory: async () => GOOD }),
    ],
    [
      'a factory with dependencies',
      ObservabilityModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: (settings: Settings) => settings.options,
      }),
    ],
    ['a class', ObservabilityModule.forRootAsync({ useClass: Settings })],
    [
      'an existing provider',
      ObservabilityModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings }),
    ],
  ])('%s are what the application runs with', async (_what, observability) => {
    const { app, get } = await boot(appWith(observability));
    expect(app.get(MetricsRegistry).enabled).toBe(true);
    expect(await (await get('/health/tools')).json()).toMatchObject({
      grafana: 'http://grafana:3000',
    });
    expect([app.get(HealthRegistry), app.get(SentryService)]).toHaveLength(2);
  });

  it('a factory, a class and an existing provider are refused with the error that forRoot gives', async () => {
    const errors = await Promise.all(
      [
        ObservabilityModule.forRoot(BAD),
        ObservabilityModule.forRootAsync({ useFactory: () => BAD }),
        ObservabilityModule.forRootAsync({ useClass: BadSettings }),
        ObservabilityModule.forRootAsync({ imports: [SettingsModule], useExisting: BadSettings }),
      ].map((observability) => bootError(appWith(observability))),
    );
    expect(errors[0]).toContain('metrics.enabled is "maybe" (string)');
    expect(new Set(errors).size).toBe(1);
  });

  it('a factory that returns nothing are refused', async () => {
    const observability = ObservabilityModule.forRootAsync({
      useFactory: () => undefined as never,
    });
    expect(await bootError(appWith(observability))).toContain('accepted is an object');
  });

  it('something request-scoped are refused', async () => {
    const observability = ObservabilityModule.forRootAsync({
      inject: [REQUEST],
      useFactory: () => ({}),
    });
    expect(await bootError(appWith(observability))).toContain(
      'its options depend on something request-scoped',
    );
  });

  it('a factory that throws stop boot with its error', async () => {
    const observability = ObservabilityModule.forRootAsync({
      useFactory: () => {
        throw new Error('no settings');
      },
    });
    expect(await bootError(appWith(observability))).toContain('no settings');
  });
});

describe('a declaration that cannot be is refused at once', () => {
  it.each([
    [5, 'ObservabilityModule.forRoot() takes an object; got 5 (number)'],
    [[], 'ObservabilityModule.forRoot() takes an object; got [] (array)'],
    [null, 'ObservabilityModule.forRoot() takes an object; got null'],
    [{ isGlobal: 'no' }, 'isGlobal is "no" (string); accepted is true or false'],
    [{ isGlobal: null }, 'isGlobal is null; accepted is true or false'],
  ])('forRoot(%j)', (options, message) => {
    expect(() => ObservabilityModule.forRoot(options as never)).toThrow(message);
  });

  it.each([
    [undefined, 'ObservabilityModule.forRootAsync() takes an object; got undefined'],
    [{}, 'takes just one of useFactory, useClass and useExisting'],
    [{ useClass: Settings, useExisting: Settings }, 'takes just one of'],
    [{ useClass: Settings, isGlobal: 1 }, 'isGlobal is 1 (number)'],
  ])('forRootAsync(%j)', (options, message) => {
    expect(() => ObservabilityModule.forRootAsync(options as never)).toThrow(message);
  });
});
