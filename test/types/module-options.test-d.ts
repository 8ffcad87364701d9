import { Injectable, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import {
  enableGracefulShutdown,
  ObservabilityModule,
  type GracefulShutdownOptions,
  type ObservabilityModuleOptions,
  type ObservabilityOptionsFactory,
} from 'nestjs-observability';
import { assertType, expectTypeOf, it } from 'vitest';

class Options implements ObservabilityOptionsFactory {
  createObservabilityOptions(): ObservabilityModuleOptions {
    return { environment: 'production' };
  }
}

class AsyncOptions implements ObservabilityOptionsFactory {
  async createObservabilityOptions(): Promise<ObservabilityModuleOptions> {
    return { metrics: { enabled: true } };
  }
}

it('forRoot takes all options, some or none', () => {
  expectTypeOf(ObservabilityModule.forRoot()).toEqualTypeOf<DynamicModule>();
  assertType(ObservabilityModule.forRoot({}));
  assertType(ObservabilityModule.forRoot({ isGlobal: false, environment: 'production' }));
  assertType(
    ObservabilityModule.forRoot({
      health: {
        timeoutMs: 500,
        cacheMs: 100,
        details: ({ headers }) => headers.host === 'ops',
        statusCodes: { unhealthy: 503 },
      },
      metrics: { enabled: true, defaultLabels: { service: 'orders' } },
      sentry: { dsn: undefined, release: '1.0.0', tracesSampleRate: 0.1, sendDefaultPii: false },
      tools: { grafana: 'https://grafana.example', kibana: 'https://kibana.example', flower: null },
    }),
  );
});

it('forRoot refuses what is no option', () => {
  // @ts-expect-error -- no such option
  assertType(ObservabilityModule.forRoot({ enabled: true }));
  // @ts-expect-error -- no such option
  assertType(ObservabilityModule.forRoot({ global: true }));
  // @ts-expect-error -- a text
  assertType(ObservabilityModule.forRoot({ isGlobal: 'yes' }));
  // @ts-expect-error -- no such option
  assertType(ObservabilityModule.forRoot({ health: { timeout: 500 } }));
  // @ts-expect-error -- a text
  assertType(ObservabilityModule.forRoot({ health: { timeoutMs: '500' } }));
  // @ts-expect-error -- no such status
  assertType(ObservabilityModule.forRoot({ health: { statusCodes: { down: 503 } } }));
  // @ts-expect-error -- a promise lets nobody
  assertType(ObservabilityModule.forRoot({ health: { details: async () => true } }));
  // @ts-expect-error -- a text
  assertType(ObservabilityModule.forRoot({ metrics: { enabled: 'true' } }));
  // @ts-expect-error -- a number
  assertType(ObservabilityModule.forRoot({ sentry: { dsn: 5 } }));
  // @ts-expect-error -- a number
  assertType(ObservabilityModule.forRoot({ tools: { grafana: 3000 } }));
});

it('forRootAsync takes a factory, a class or an existing provider, and isGlobal beside it', () => {
  expectTypeOf(
    ObservabilityModule.forRootAsync({
      isGlobal: false,
      imports: [],
      inject: ['ENVIRONMENT'],
      useFactory: (environment: string) => ({ environment }),
    }),
  ).toEqualTypeOf<DynamicModule>();
  assertType(
    ObservabilityModule.forRootAsync({ useFactory: async () => ({ metrics: { enabled: true } }) }),
  );
  assertType(ObservabilityModule.forRootAsync({ useClass: Options }));
  assertType(ObservabilityModule.forRootAsync({ useClass: AsyncOptions, isGlobal: true }));
  assertType(ObservabilityModule.forRootAsync({ useExisting: Options }));
});

it('forRootAsync refuses what is no way to options', () => {
  // @ts-expect-error -- options that are known need no factory
  assertType(ObservabilityModule.forRootAsync({ environment: 'production' }));
  // @ts-expect-error -- a text
  assertType(ObservabilityModule.forRootAsync({ useFactory: () => ({ environment: 5 }) }));
  // @ts-expect-error -- a class that makes no options
  assertType(ObservabilityModule.forRootAsync({ useClass: Date }));
  // @ts-expect-error -- the options are missing
  assertType(ObservabilityModule.forRootAsync());
});

it('forRoot takes where the routes are, who sees them, and how they come to be', () => {
  assertType(
    ObservabilityModule.forRoot({
      pipeline: { decorators: [Injectable()] },
      management: { port: 0, host: '127.0.0.1' },
      routes: { live: '/livez', tools: false },
      access: {
        health: 'public',
        metrics: { bearer: 'token' },
        tools: ({ headers }) => headers['x-team'] === 'us',
      },
      health: { page: false },
    }),
  );
  assertType(ObservabilityModule.forRootAsync({ pipeline: 'nest', useFactory: () => ({}) }));
});

it('forRoot refuses what is no route, access or pipeline', () => {
  // @ts-expect-error -- no such pipeline
  assertType(ObservabilityModule.forRoot({ pipeline: 'back' }));
  // @ts-expect-error -- true is no path
  assertType(ObservabilityModule.forRoot({ routes: { live: true } }));
  // @ts-expect-error -- no such route
  assertType(ObservabilityModule.forRoot({ routes: { status: '/x' } }));
  // @ts-expect-error -- the probes are open to all
  assertType(ObservabilityModule.forRoot({ access: { live: 'public' } }));
  const bearer = process.env['TOKEN'];
  // @ts-expect-error -- the token may be missing
  assertType(ObservabilityModule.forRoot({ access: { metrics: { bearer } } }));
  // @ts-expect-error -- who would wait for the promise?
  assertType(ObservabilityModule.forRoot({ access: { metrics: async () => true } }));
  // @ts-expect-error -- a port is needed
  assertType(ObservabilityModule.forRoot({ management: {} }));
  // @ts-expect-error -- known when the module is declared
  assertType(ObservabilityModule.forRootAsync({ useFactory: () => ({ pipeline: 'nest' }) }));
});

it('enableGracefulShutdown takes an application and milliseconds', () => {
  const app = {} as INestApplicationContext;
  const options: GracefulShutdownOptions = { drainMs: 1, forceExitMs: undefined };
  expectTypeOf(enableGracefulShutdown).toBeCallableWith(app);
  expectTypeOf(enableGracefulShutdown).toBeCallableWith(app, options);
  // @ts-expect-error -- a text
  expectTypeOf(enableGracefulShutdown).toBeCallableWith(app, { drainMs: '5s' });
});
