// An application in a process of its own, as a user has it: the built package and plain Node. Its argument says what it
// is like; it tells on standard output what happens.
import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MetricsRegistry, ObservabilityModule } from 'nestjs-observability';

const { options, http = true } = JSON.parse(process.argv[2]);

function say(text) {
  writeSync(1, `${text}\n`);
}

class AppModule {}
Module({ imports: [ObservabilityModule.forRoot(options)] })(AppModule);

const logger = { log: say, warn: say, error: say, fatal: say, debug() {}, verbose() {} };
const settings = { logger, abortOnError: false };

try {
  const app = http
    ? await NestFactory.create(AppModule, settings)
    : await NestFactory.createApplicationContext(AppModule, settings);
  app.get(MetricsRegistry).gauge('process_id', 'Who answers').set(process.pid);
  if (http) {
    // In a cluster it is the same one for all workers.
    await app.listen(0, '127.0.0.1');
    say(`listens on ${app.getHttpServer().address().port}`);
  }
  say(`open: ${process.pid}`);
} catch (error) {
  say(`failed: ${error.message}`);
}
process.on('disconnect', () => process.exit());
