// An application in a process of its own, which can be suspended: the built package, plain Node.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry, healthy, ObservabilityModule } from 'nestjs-observability';

class AppModule {}
Module({ imports: [ObservabilityModule.forRoot()] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
const startedMs = [];
app.get(HealthRegistry).registerCheck(
  'in-background',
  () => {
    startedMs.push(performance.now());
    return healthy('', { startedMs: startedMs.slice(-150) });
  },
  { intervalMs: 100, timeoutMs: 50 },
);
app.get(HealthRegistry).registerCheck('asked', () => {});
await app.listen(0, '127.0.0.1');
process.stdout.write(`${JSON.stringify({ url: await app.getUrl() })}\n`);
