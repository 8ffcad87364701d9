import { APP_FILTER, BaseExceptionFilter } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import type { ObservabilityModuleOptions } from 'nestjs-observability';
import { boot, PLATFORMS, type Platform } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { bootReporting, HEADER, valuesOf, type Prepare, type ReportingApp } from './asked.js';
import {
  ArrowFilter,
  ClosedFilter,
  failingModule,
  RethrowingFilter,
  ScopedFilter,
  SilentFilter,
  Stock,
  TeapotFilter,
} from './failing-app.js';

async function bootFiltered(
  platform: Platform,
  providers: Parameters<typeof failingModule>[1] = [],
  prepare?: Prepare,
): Promise<ReportingApp> {
  const receiver = await startReceiver();
  const module = failingModule({ sentry: { dsn: receiver.dsn } }, providers);
  return bootReporting(module, receiver, platform, prepare);
}

/** Status, number of events, and whether the answer names the event. */
async function tellOf(app: ReportingApp, path: string): Promise<readonly unknown[]> {
  const { status, events, headers } = await app.ask(path);
  return [path, status, events.length, headers.get(HEADER) === (events[0]?.event_id ?? null)];
}

describe.each(PLATFORMS)("A filter of the application's own, on %s", (platform) => {
  it('answers what is captured once, wherever it is declared', async () => {
    const app = await bootFiltered(platform);
    const paths = {
      '/filtered/class': 499,
      '/filtered/method': 418,
      '/filtered/method-class': 418,
      '/filtered/scoped': 418,
      '/filtered/arrow': 418,
      '/filtered/extending': 500,
      '/filtered/silent': 500,
      '/filtered/nest': 500,
    };
    const told = [];
    for (const path of Object.keys(paths)) told.push(await tellOf(app, path));

    expect(told).toEqual(Object.entries(paths).map(([path, status]) => [path, status, 1, true]));
  });

  it.each([
    ['an instance', [], (app: Parameters<Prepare>[0]) => app.useGlobalFilters(new TeapotFilter())],
    ['a class', [{ provide: APP_FILTER, useClass: TeapotFilter }], undefined],
    ['a value', [{ provide: APP_FILTER, useValue: new TeapotFilter() }], undefined],
    ['a request-scoped class', [{ provide: APP_FILTER, useClass: ScopedFilter }], undefined],
    ['an arrow function', [{ provide: APP_FILTER, useClass: ArrowFilter }], undefined],
  ])('answers what is captured once, as a global one that is %s', async (_, providers, prepare) => {
    const app = await bootFiltered(platform, providers, prepare);

    expect(await tellOf(app, '/thrown/error')).toEqual(['/thrown/error', 418, 1, true]);
    expect(await tellOf(app, '/thrown/bad-request')).toEqual(['/thrown/bad-request', 418, 0, true]);
  });

  it.each([
    ['middleware', '/middleware'],
    ['what matches no route', '/nowhere'],
  ])('answers for %s, as a global one', async (_, path) => {
    const app = await bootFiltered(platform, [], (host) =>
      host.useGlobalFilters(new TeapotFilter()),
    );
    const expectedEvents = path === '/nowhere' ? 0 : 1;

    expect(await tellOf(app, path)).toEqual([path, 418, expectedEvents, true]);
  });

  it('has the place among the others that it has without the module', async () => {
    const answers = async (options?: ObservabilityModuleOptions): Promise<unknown[]> => {
      const providers = [{ provide: APP_FILTER, useClass: TeapotFilter }];
      const app = await boot(failingModule(options, providers), platform, (host) => {
        host.useGlobalFilters(new ClosedFilter(new Stock()));
      });
      const paths = ['/thrown/error', '/thrown/string', '/filtered/class', '/filtered/method'];
      const statuses = [];
      for (const path of paths) statuses.push((await app.get(path)).status);
      return statuses;
    };
    const { dsn } = await startReceiver();

    expect(await answers({ sentry: { dsn } })).toEqual(await answers());
    expect(await answers()).toEqual([499, 418, 499, 418]);
  });

  it('that fails is an event of its own', async () => {
    const { events } = await (await bootFiltered(platform)).ask('/filtered/broken');

    // NestJS lets a filter of a method handle what it has thrown itself once more.
    expect(new Set(valuesOf(events))).toEqual(new Set(['for a filter that fails', 'in a filter']));
  });

  it.each(['/filtered/rethrown', '/filtered/rethrown-string'])(
    'that throws it on makes one event of %s',
    async (path) => {
      const app = await bootFiltered(platform);
      const { events } = await app.ask(path);

      expect(valuesOf(events)).toEqual(['for a filter that throws it on']);
    },
  );

  it('leaves the filters of NestJS as they are', async () => {
    const before = Object.getOwnPropertyDescriptor(BaseExceptionFilter.prototype, 'catch');
    const app = await bootFiltered(platform, [
      { provide: APP_FILTER, useClass: SilentFilter },
      RethrowingFilter,
    ]);
    await app.ask('/thrown/error');

    expect(Object.getOwnPropertyDescriptor(BaseExceptionFilter.prototype, 'catch')).toEqual(before);
  });
});
