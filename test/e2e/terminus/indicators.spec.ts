import { Injectable, Module } from '@nestjs/common';
import {
  HealthIndicatorService,
  TerminusModule,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { HealthCheck, HealthRegistry, ObservabilityModule } from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../support/boot.js';

@Injectable()
class Indicators {
  constructor(private readonly indicators: HealthIndicatorService) {}

  @HealthCheck('up')
  up(): HealthIndicatorResult {
    return this.indicators.check('db').up({ connections: 4 });
  }

  @HealthCheck('degraded')
  degraded(): HealthIndicatorResult {
    return this.indicators.check('db').degraded('replica lags');
  }

  @HealthCheck('down')
  async down(): Promise<HealthIndicatorResult> {
    await Promise.resolve();
    return this.indicators.check('db').down({ message: 'no route to host', port: 5432 });
  }

  @HealthCheck('down-in-silence')
  downInSilence(): HealthIndicatorResult {
    return this.indicators.check('db').down();
  }

  @HealthCheck('several')
  several(): HealthIndicatorResult {
    return {
      ...this.indicators.check('primary').up({ connections: 4 }),
      ...this.indicators.check('replica').degraded('lags'),
      ...this.indicators.check('archive').down('gone'),
    };
  }

  @HealthCheck('called-status')
  calledStatus(): HealthIndicatorResult {
    return this.indicators.check('status').down('gone');
  }

  @HealthCheck('throws')
  throws(): HealthIndicatorResult {
    throw new Error('no indicator today');
  }
}

@Module({ imports: [TerminusModule, ObservabilityModule.forRoot()], providers: [Indicators] })
class AppModule {}

const RESULTS: readonly [string, object][] = [
  ['up', { status: 'healthy', message: '', details: { connections: 4 } }],
  ['degraded', { status: 'degraded', message: 'replica lags', details: {} }],
  ['down', { status: 'unhealthy', message: 'no route to host', details: { port: 5432 } }],
  ['down-in-silence', { status: 'unhealthy', message: 'db is down', details: {} }],
  [
    'several',
    {
      status: 'unhealthy',
      message: 'replica: lags; archive: gone',
      details: { primary: { connections: 4 }, replica: {}, archive: {} },
    },
  ],
  ['called-status', { status: 'unhealthy', message: 'gone', details: {} }],
  ['throws', { status: 'unhealthy', message: 'no indicator today', details: {} }],
];

it.each(RESULTS)(
  'The indicator result "%s" becomes the result of its check',
  async (name, result) => {
    const { app } = await boot(AppModule);

    expect(await app.get(HealthRegistry).runCheck(name)).toMatchObject(result);
  },
);
