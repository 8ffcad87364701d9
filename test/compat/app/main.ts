import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { enableGracefulShutdown } from 'nestjs-observability';
import { OrderHistoryModule } from './order-history.module.js';

async function main(): Promise<void> {
  const adapter = process.argv[2] === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(OrderHistoryModule, adapter, {
    logger: ['log', 'warn', 'error'],
  });
  if (process.env['DRAIN_MS'] === undefined) app.enableShutdownHooks();
  else enableGracefulShutdown(app, { drainMs: Number(process.env['DRAIN_MS']) });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
}

// A CommonJS application cannot await at its top level.
void main();
