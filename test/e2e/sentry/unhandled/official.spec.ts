import { APP_FILTER } from '@nestjs/core';
import { SentryGlobalFilter, SentryModule } from '@sentry/nestjs/setup';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { bootReporting, valuesOf } from './asked.js';
import { failingModule } from './failing-app.js';

describe.each(PLATFORMS)('Beside the official SentryModule and SentryGlobalFilter, on %s', (on) => {
  it('each error is one event', async () => {
    const receiver = await startReceiver();
    const module = failingModule(
      { sentry: { dsn: receiver.dsn } },
      [{ provide: APP_FILTER, useClass: SentryGlobalFilter }],
      [SentryModule.forRoot()],
    );
    const app = await bootReporting(module, receiver, on);
    const paths = {
      '/thrown/error': 'in a controller',
      '/thrown/string': 'a string',
      '/thrown/frozen': 'frozen',
      '/thrown/internal-server-error': 'no stock',
      '/guard': 'in a guard',
      '/middleware': 'in a middleware',
      '/filtered/method': 'for a filter of a method',
    };
    const told = [];
    for (const path of Object.keys(paths)) {
      told.push([path, ...valuesOf((await app.ask(path)).events)]);
    }

    expect(told).toEqual(Object.entries(paths));
    expect((await app.ask('/thrown/bad-request')).events).toEqual([]);
  });
});
