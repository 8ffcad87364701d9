import { APP_FILTER } from '@nestjs/core';
import type { ObservabilityModuleOptions } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS, type Platform } from '../../../support/boot.js';
import { startReceiver } from '../../../support/sentry-receiver.js';
import { HEADER } from './asked.js';
import { ClosedFilter, failingModule, THROWN } from './failing-app.js';

const PATHS = [
  ...Object.keys(THROWN).map((name) => `/thrown/${name}`),
  '/guard',
  '/refused',
  '/middleware',
  '/functional-middleware',
  '/nowhere',
  '/filtered/method',
  '/filtered/extending',
  '/filtered/nest',
  '/filtered/broken',
  '/filtered/rethrown',
];

/** All that is to be seen of an application: its answers, and what it logs of errors. */
async function behaviour(
  platform: Platform,
  options: ObservabilityModuleOptions | undefined,
  providers: Parameters<typeof failingModule>[1] = [],
): Promise<unknown> {
  const { get, log } = await boot(failingModule(options, providers), platform);
  const answers = [];
  for (const path of PATHS) {
    log.lines.length = 0;
    const response = await get(path);
    const { status, headers } = response;
    const body = await response.text();
    const names = [...headers.keys()].filter((name) => name !== HEADER);
    answers.push({
      path,
      status,
      body,
      names,
      type: headers.get('content-type'),
      log: [...log.lines],
    });
  }
  return answers;
}

describe.each(PLATFORMS)('An application on %s with the module', (platform) => {
  it.each([
    ['without filters of its own', []],
    ['with a global filter', [{ provide: APP_FILTER, useClass: ClosedFilter }]],
  ])('answers and logs as one without it where Sentry is off, %s', async (_, providers) => {
    expect(await behaviour(platform, {}, providers)).toEqual(
      await behaviour(platform, undefined, providers),
    );
  });

  it('answers and logs as one without it where Sentry is on, but for the header', async () => {
    const { dsn } = await startReceiver();

    expect(await behaviour(platform, { sentry: { dsn } })).toEqual(
      await behaviour(platform, undefined),
    );
  });
});
