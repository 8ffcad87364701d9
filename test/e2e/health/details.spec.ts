import { Module } from '@nestjs/common';
import {
  HealthCheck,
  ObservabilityModule,
  unhealthy,
  type DetailsOption,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS, type Platform } from '../../support/boot.js';

async function bootWith(details: DetailsOption | undefined, platform: Platform) {
  @Module({ imports: [ObservabilityModule.forRoot({ health: { details } })] })
  class AppModule {
    @HealthCheck('app')
    check() {
      return unhealthy('refused by db-7', { host: 'db-7' });
    }
  }
  return boot(AppModule, platform);
}

const SHOWN = { message: 'refused by db-7', details: { host: 'db-7' } };
const HIDDEN = { message: '', details: {} };

describe.each(PLATFORMS)('messages and details in /health on %s', (platform) => {
  it.each([
    ['everyone sees where nothing is said', undefined, SHOWN],
    ['everyone sees under "always"', 'always' as const, SHOWN],
    ['nobody sees under "never"', 'never' as const, HIDDEN],
  ])('%s', async (_what, option, seen) => {
    const { get } = await bootWith(option, platform);
    const body = (await (await get('/health')).json()) as { checks: object[] };
    expect(body).toMatchObject({ status: 'unhealthy', checks: [{ status: 'unhealthy', ...seen }] });
  });

  it('those see whom a function lets, by their request', async () => {
    const { get } = await bootWith(({ headers }) => headers['x-team'] === 'us', platform);
    const ask = async (team: string): Promise<unknown> =>
      (await get('/health', { headers: { 'x-team': team } })).json();
    expect(await ask('us')).toMatchObject({ checks: [SHOWN] });
    expect(await ask('them')).toMatchObject({ checks: [HIDDEN] });
  });

  it('nobody sees where the function throws, and the routes answer all the same', async () => {
    const { get, log } = await bootWith(() => {
      throw new Error('no session store');
    }, platform);
    const answers = await Promise.all([get('/health'), get('/health'), get('/health/ready')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
    expect(await answers[0].json()).toMatchObject({ checks: [HIDDEN] });
    expect(log.ours('warn')).toEqual([
      'health.details has thrown: no session store: nobody sees messages and details',
    ]);
  });
});
