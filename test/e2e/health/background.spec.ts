import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, ObservabilityModule } from 'nestjs-observability';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { boot, PLATFORMS } from '../../support/boot.js';
import { MemoryLog } from '../../support/log.js';

@Controller()
class Polled {
  runs = 0;

  @HealthCheck('polled', { intervalMs: 5, timeoutMs: 2_000 })
  check(): void {
    this.runs += 1;
  }

  @Get()
  index(): string {
    return 'ok';
  }
}

@Module({ imports: [ObservabilityModule.forRoot()], controllers: [Polled] })
class AppModule {}

describe.each(PLATFORMS)('a check with an interval on %s', (platform) => {
  it('runs on its own from when the application listens until it closes', async () => {
    const { app } = await boot(AppModule, platform);
    const polled = app.get(Polled);
    await vi.waitFor(() => expect(polled.runs).toBeGreaterThan(5));
    await app.close();
    const known = polled.runs;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(polled.runs).toBe(known);
  });

  it('answers the routes from memory', async () => {
    let runs = 0;
    @Module({ imports: [ObservabilityModule.forRoot()] })
    class SlowlyPolled {
      @HealthCheck('app', { intervalMs: 3_600_000 })
      check(): void {
        runs += 1;
      }
    }
    const { get } = await boot(SlowlyPolled, platform);
    const answers = await Promise.all(Array.from({ length: 50 }, () => get('/health')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(runs).toBe(1);
  });
});

it('A slow check with an interval is not warned about at boot', async () => {
  const { log } = await boot(AppModule);
  expect(log.ours('warn')).toEqual([]);
});

it('An application that never listens runs no check in the background', async () => {
  const app = await NestFactory.create(AppModule, { logger: new MemoryLog() });
  await app.init();
  onTestFinished(() => app.close());
  // Ten intervals. That nothing happens has no gate to wait at.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(app.get(Polled).runs).toBe(1);
});
