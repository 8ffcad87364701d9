// A script that asks the built package for the health of something that never answers.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry, ObservabilityModule } from 'nestjs-observability';

class AppModule {}
Module({ imports: [ObservabilityModule.forRoot()] })(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const registry = app.get(HealthRegistry);
registry.registerCheck('db', () => new Promise(() => {}), { timeoutMs: 50 });
const { status } = await registry.runCheck('db');
process.stdout.write(status);
await app.close();
