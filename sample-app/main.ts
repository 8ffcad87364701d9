import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { welcome } from './welcome.js';

const DEFAULT_PORT = 3000;

/** Opens the shop; it closes by itself when the process is told to end. */
async function bootstrap(): Promise<void> {
  const port = readPort(process.env['PORT']);
  const app = await NestFactory.create(AppModule, { abortOnError: false });
  app.enableShutdownHooks();
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

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`PORT is "${text}"; accepted is a number from 0 to 65535, 0 for any free port.`);
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
