// A script that asks an indicator of Terminus for the health of something that never answers.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthIndicatorService, TerminusModule } from '@nestjs/terminus';

class AppModule {}
Module({ imports: [TerminusModule] })(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const indicators = app.get(HealthIndicatorService);
const { db } = await indicators
  .check('db')
  .attempt(() => new Promise(() => {}))
  .withTimeout(50);
process.stdout.write(db.status);
await app.close();
