import { Controller, Get, Injectable, Module } from '@nestjs/common';
import {
  HealthCheck as TerminusCheck,
  HealthCheckService,
  HealthIndicatorService,
  TerminusModule,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { HealthCheck, HealthRegistry, ObservabilityModule, unhealthy } from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { Database } from '../../support/scripted-database.js';

@Controller('terminus')
class TerminusController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly checks: HealthRegistry,
  ) {}

  @Get()
  @TerminusCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.indicators.check('own').up(),
      () => this.checks.asIndicator(),
    ]);
  }
}

@Module({
  imports: [ObservabilityModule.forRoot(), TerminusModule.forRoot({ logger: false })],
  controllers: [TerminusController],
  providers: [Database],
})
class AppModule {}

describe.each(PLATFORMS)(
  'a controller of Terminus that includes the registry on %s',
  (platform) => {
    it('is 200 while all is well, with an entry for each check', async () => {
      const { get } = await boot(AppModule, platform);
      const answer = await get('/terminus');
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        status: 'ok',
        details: { own: { status: 'up' }, db: { status: 'up' } },
      });
    });

    it('is 503 when one of our checks is unhealthy, and keeps what it says', async () => {
      const { app, get } = await boot(AppModule, platform);
      app.get(Database).says = unhealthy('refused', { host: 'db-7' });
      const answer = await get('/terminus');
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        status: 'error',
        error: { db: { status: 'down', message: 'refused', details: { host: 'db-7' } } },
        details: { own: { status: 'up' } },
      });
    });
  },
);

it('A check that hands on the whole of Terminus’s own checking keeps what was down', async () => {
  @Injectable()
  class Legacy {
    constructor(
      private readonly health: HealthCheckService,
      private readonly indicators: HealthIndicatorService,
    ) {}

    @HealthCheck('legacy')
    async check(): Promise<void> {
      await this.health.check([
        () => this.indicators.check('disk').up(),
        () => this.indicators.check('queue').down({ message: 'no broker', retries: 3 }),
      ]);
    }
  }
  const { app } = await boot({
    module: class App {},
    imports: [ObservabilityModule.forRoot(), TerminusModule.forRoot({ logger: false })],
    providers: [Legacy],
  });
  expect(await app.get(HealthRegistry).runCheck('legacy')).toMatchObject({
    status: 'unhealthy',
    message: 'no broker',
    details: { retries: 3 },
  });
});
