import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { enableGracefulShutdown } from 'nestjs-observability';
import { AppModule } from './app.module.js';
import { welcome } from './welcome.js';

const DEFAULT_PORT = 3000;
const MAX_PORT = 65_535;

/** For load balancers to send no more once readiness has fallen. Ctrl-C does not wait. */
const DEFAULT_DRAIN_MS = 5_000;
const MAX_DRAIN_MS = 20_000;

/** Opens the shop; it closes by itself when the process is told to end. */
async function bootstrap(): Promise<void> {
  const port = readNumber('PORT', DEFAULT_PORT, MAX_PORT);
  const drainMs = readNumber('DRAIN_MS', DEFAULT_DRAIN_MS, MAX_DRAIN_MS);
  const app = await NestFactory.create(AppModule, { abortOnError: false });
  enableGracefulShutdown(app, { drainMs });
  app.useGlobalPipes(
    new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }),
  );
  try {
    await app.listen(port);
  } catch (error) {
    // The database may be running already; closing the application stops it.
    await app.close();
    throw error;
  }
  const address = (app.getHttpServer() as Server).address() as AddressInfo;
  process.stdout.write(welcome(`http://localhost:${address.port}`));
}

function readNumber(variable: string, otherwise: number, most: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new Error(`${variable} is "${text}"; accepted is a number from 0 to ${most}.`);
}

function explain(error: unknown): string {
  const { code, port, message } = error as Partial<NodeJS.ErrnoException> & { port?: number };
  return code === 'EADDRINUSE' && port !== undefined
    ? `Port ${port} is in use. Choose another one: PORT=${port + 1} npm start`
    : (message ?? String(error));
}

try {
  await bootstrap();
} catch (error) {
  process.stderr.write(`The shop could not open. ${explain(error)}\n`);
  process.exitCode = 1;
}
