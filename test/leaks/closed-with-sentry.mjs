// Boots and closes applications with Sentry on, and says on standard output how many of them are still held.
import 'reflect-metadata';
import { setImmediate as turn } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule } from 'nestjs-observability';

const APPLICATIONS = 8;

class AppModule {}
Module({
  imports: [ObservabilityModule.forRoot({ sentry: { dsn: 'http://key@127.0.0.1:9/1' } })],
})(AppModule);

async function bootAndClose() {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  await app.close();
  return new WeakRef(app);
}

const applications = [];
for (let count = 0; count < APPLICATIONS; count += 1) applications.push(await bootAndClose());
for (let round = 0; round < 10; round += 1) {
  await turn();
  globalThis.gc();
}
const held = applications.filter((application) => application.deref() !== undefined).length;
process.stdout.write(`${JSON.stringify({ applications: applications.length, held })}\n`);
process.exit();
