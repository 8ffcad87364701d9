import { Module } from '@nestjs/common';
import {
  degraded,
  HealthRegistry,
  ObservabilityModule,
  unhealthy,
  type HealthCheckReturn,
} from 'nestjs-observability';
import { expect, it } from 'vitest';
import { boot } from '../../support/boot.js';
import { Database } from '../../support/scripted-database.js';

@Module({ imports: [ObservabilityModule.forRoot()], providers: [Database] })
class AppModule {}

async function bootDatabase() {
  const booted = await boot(AppModule);
  const { app, get } = booted;
  await app.get(HealthRegistry).run();
  /** Probes so often while the check says so. */
  const probe = async (says: HealthCheckReturn, times = 5): Promise<void> => {
    app.get(Database).says = says;
    for (let time = 0; time < times; time += 1) await get('/health/ready');
  };
  const lines = (): string[] =>
    booted.log.lines
      .filter(({ message }) => message.startsWith('Health check'))
      .map(({ level, message, context }) => `${context} ${level}: ${message}`);
  return { ...booted, probe, lines };
}

it('Each transition is one line of the log with its reason, however often the check is probed', async () => {
  const { probe, lines } = await bootDatabase();
  await probe(unhealthy('connection refused'));
  await probe(degraded('slow'));
  await probe(undefined);
  expect(lines()).toEqual([
    'Observability error: Health check "db" is unhealthy (was healthy): connection refused',
    'Observability warn: Health check "db" is degraded (was unhealthy): slow',
    'Observability log: Health check "db" is healthy (was degraded)',
  ]);
});

it('A check that has never been healthy says so', async () => {
  const { app, log } = await bootDatabase();
  const registry = app.get(HealthRegistry);
  registry.registerCheck('late', () => unhealthy('refused'));
  await registry.run();
  expect(log.ours('error')).toEqual([
    'Health check "late" is unhealthy (at its first run): refused',
  ]);
});

it('What a check says is one line, with its secrets masked', async () => {
  const { probe, lines } = await bootDatabase();
  await probe(unhealthy('refused\r\n[Nest] 1 - LOG all is well\u2028postgres://app:hunter2@db'));
  expect(lines()).toEqual([
    'Observability error: Health check "db" is unhealthy (was healthy): ' +
      'refused [Nest] 1 - LOG all is well postgres://[redacted]@db',
  ]);
});

it('A check that fails because the application closes is no news', async () => {
  const { app, probe, lines } = await bootDatabase();
  await probe(undefined);
  app.get(Database).says = unhealthy('the pool is closed');
  const registry = app.get(HealthRegistry);
  await app.close();
  await registry.run();
  expect(lines()).toEqual([]);
});
