import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { enableGracefulShutdown, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it, onTestFinished } from 'vitest';

@Module({ imports: [ObservabilityModule.forRoot()] })
class AppModule {}

@Module({})
class OtherModule {}

async function create(module: typeof AppModule | typeof OtherModule = AppModule) {
  const app = await NestFactory.create(module, { logger: false, abortOnError: false });
  onTestFinished(() => app.close());
  return app;
}

const listeners = (): number => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');

describe('enableGracefulShutdown()', () => {
  it.each([
    [
      { drainMs: -1 },
      'drainMs is -1 (number); accepted is a number of milliseconds, 0 to 2147483647',
    ],
    [{ drainMs: '5s' }, 'drainMs is "5s" (string); accepted is a number'],
    [{ drainMs: Number.NaN }, 'drainMs is NaN (number)'],
    [{ drainMs: null }, 'drainMs is null'],
    [{ forceExitMs: 2 ** 31 }, 'forceExitMs is 2147483648 (number)'],
    [
      { drainMs: 30_000 },
      'forceExitMs is 30000, and drainMs 30000; accepted is a forceExitMs above',
    ],
    [
      { forceExitMs: 5_000 },
      'forceExitMs is 5000, and drainMs 5000; accepted is a forceExitMs above',
    ],
    [null, 'the options are null; accepted is an object'],
    [5, 'the options are 5 (number); accepted is an object'],
    ['5s', 'the options are "5s" (string); accepted is an object'],
    [{ drain: 1 }, 'drain is not an option; known are drainMs and forceExitMs'],
  ])('refuses %j, and listens to no signal', async (options, message) => {
    const app = await create();
    const before = listeners();
    const enable = (): void => enableGracefulShutdown(app, options as never);
    expect(enable).toThrow(TypeError);
    expect(enable).toThrow(`enableGracefulShutdown(): ${message}`);
    expect(listeners()).toBe(before);
  });

  it('takes options that are undefined for not given', async () => {
    const app = await create();
    const before = listeners();
    enableGracefulShutdown(app, { drainMs: undefined, forceExitMs: undefined });
    expect(listeners()).toBe(before + 2);
  });

  it('refuses an application without the module', async () => {
    const app = await create(OtherModule);
    expect(() => enableGracefulShutdown(app)).toThrow(
      'enableGracefulShutdown() takes an application that imports ObservabilityModule',
    );
  });

  it.each([undefined, null, {}, 'app'])('refuses %j as an application', (app) => {
    expect(() => enableGracefulShutdown(app as never)).toThrow(
      'enableGracefulShutdown() takes an application that imports ObservabilityModule',
    );
  });

  it('is called once', async () => {
    const app = await create();
    enableGracefulShutdown(app);
    expect(() => enableGracefulShutdown(app)).toThrow('has been called already; call it once');
  });

  it('listens to both signals, and to none once the application has closed', async () => {
    const app = await create();
    const before = listeners();
    enableGracefulShutdown(app);
    expect(listeners()).toBe(before + 2);
    await app.init();
    await app.close();
    expect(listeners()).toBe(before);
  });
});
