import { Injectable, Module } from '@nestjs/common';
import { HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import {
  HealthCheck,
  HealthRegistry,
  ObservabilityModule,
  type HealthCheckContext,
} from 'nestjs-observability';
import { describe, expect, it } from 'vitest';
import { boot } from '../../support/boot.js';

@Injectable()
class Attempts {
  runs = 0;

  constructor(private readonly indicators: HealthIndicatorService) {}

  @HealthCheck('succeeds')
  succeeds() {
    return this.indicators.check('db').attempt(() => {
      this.runs += 1;
      return { rows: 1 };
    });
  }

  @HealthCheck('succeeds-async')
  async succeedsAsync() {
    await Promise.resolve();
    return this.indicators.check('db').attempt(() => void (this.runs += 1));
  }

  @HealthCheck('fails')
  fails() {
    return this.indicators.check('db').attempt(() => {
      throw new Error('connection refused');
    });
  }

  @HealthCheck('hangs')
  hangs() {
    return this.indicators
      .check('db')
      .attempt(() => new Promise<void>(() => {}))
      .withTimeout(20);
  }

  @HealthCheck('hangs-for-ever', { timeoutMs: 50 })
  hangsForEver({ signal }: HealthCheckContext) {
    return this.indicators.check('db').attempt(
      () =>
        new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('given up')));
        }),
    );
  }
}

@Module({ imports: [TerminusModule, ObservabilityModule.forRoot()], providers: [Attempts] })
class AppModule {}

describe('The builder that attempt() returns', () => {
  it.each(['succeeds', 'succeeds-async'])('is executed once per run (%s)', async (name) => {
    const { app } = await boot(AppModule);
    const attempts = app.get(Attempts);
    await app.get(HealthRegistry).run();
    attempts.runs = 0;
    const result = await app.get(HealthRegistry).runCheck(name);

    expect(result).toMatchObject({ status: 'healthy', message: '' });
    expect(result.details).toHaveProperty('responseTime');
    expect(attempts.runs).toBe(1);
  });

  it('is unhealthy with the error that was thrown in it', async () => {
    const { app } = await boot(AppModule);

    expect(await app.get(HealthRegistry).runCheck('fails')).toMatchObject({
      status: 'unhealthy',
      message: 'connection refused',
    });
  });

  it('is unhealthy after its own timeout', async () => {
    const { app } = await boot(AppModule);

    expect(await app.get(HealthRegistry).runCheck('hangs')).toMatchObject({
      status: 'unhealthy',
      message: 'timeout of 20ms exceeded',
    });
  });

  it('is unhealthy after the timeout of its check', async () => {
    const { app } = await boot(AppModule);

    expect(await app.get(HealthRegistry).runCheck('hangs-for-ever')).toMatchObject({
      status: 'unhealthy',
      message: expect.stringContaining('no answer within 50 ms'),
    });
  });
});
