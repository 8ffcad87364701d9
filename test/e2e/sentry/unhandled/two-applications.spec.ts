import { Catch, Controller, Get, UseFilters, type ArgumentsHost } from '@nestjs/common';
import type { DynamicModule, ExceptionFilter } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { bootReporting, valuesOf } from './asked.js';
import { answer, failingModule, ScopedFilter, TeapotFilter } from './failing-app.js';

@Catch()
class InstanceFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    answer(host, 418, {});
  }
}

const SHARED = new InstanceFilter();

@Controller()
class SharedController {
  @Get('instance')
  @UseFilters(SHARED)
  instance(): never {
    throw new Error('for a shared instance');
  }

  @Get('class')
  @UseFilters(TeapotFilter)
  class(): never {
    throw new Error('for a shared class');
  }

  @Get('scoped')
  @UseFilters(ScopedFilter)
  scoped(): never {
    throw new Error('for a shared request-scoped class');
  }

  @Get('global')
  global(): never {
    throw new Error('for a shared global instance');
  }

  @Get('middleware')
  middleware(): void {}
}

function moduleWith(dsn: string): DynamicModule {
  const { providers = [] } = failingModule(undefined);
  return {
    module: class AppModule {},
    imports: [ObservabilityModule.forRoot({ sentry: { dsn } })],
    controllers: [SharedController],
    providers: [
      ...providers.filter((provider) => !('provide' in provider)),
      { provide: APP_FILTER, useValue: SHARED },
    ],
  };
}

describe.each(PLATFORMS)('Two applications on %s that share their filters', (platform) => {
  const paths = ['/instance', '/class', '/scoped', '/global', '/in-middleware'];

  it('report each to its own receiver, and still when the other has closed', async () => {
    const receivers = [await startReceiver(), await startReceiver()];
    const apps = await Promise.all(
      receivers.map((receiver) =>
        bootReporting(moduleWith(receiver.dsn), receiver, platform, (host) =>
          host.use(
            '/in-middleware',
            (_request: unknown, _response: unknown, next: (error: unknown) => void) =>
              next(new Error('in a middleware')),
          ),
        ),
      ),
    );
    for (const path of paths) {
      const counts = [];
      for (const app of apps) {
        const before = receivers.map(({ events }) => events.length);
        expect((await app.ask(path)).status).toBe(418);
        counts.push(receivers.map(({ events }, index) => events.length - (before[index] ?? 0)));
      }
      expect([path, counts]).toEqual([
        path,
        [
          [1, 0],
          [0, 1],
        ],
      ]);
    }
    await apps[0]?.app.close();

    expect(valuesOf((await apps[1]?.ask('/instance'))?.events ?? [])).toEqual([
      'for a shared instance',
    ]);
    expect(valuesOf((await apps[1]?.ask('/class'))?.events ?? [])).toEqual(['for a shared class']);
  });
});
