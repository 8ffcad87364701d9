import { request, type IncomingHttpHeaders } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import { onTestFinished } from 'vitest';
import { boot } from '../../support/boot.js';
import type { MemoryLog } from '../../support/log.js';
import { bootManaged, managed } from '../management/managed.js';

/** Where the routes may be. */
export const PLACES = [
  'express',
  'fastify',
  'express, as a controller',
  'fastify, as a controller',
  'a port of its own',
] as const;

export type Place = (typeof PLACES)[number];

/** Boots an application with metrics on, and nothing among them that changes by itself. */
export async function bootAt(
  place: Place,
  { metrics, ...options }: ObservabilityModuleOptions = {},
): Promise<{ app: INestApplicationContext; log: MemoryLog; url: string }> {
  const all = { ...options, metrics: { enabled: true, http: false, runtime: false, ...metrics } };
  if (place === 'a port of its own') return bootManaged(managed(all), 'express');
  const pipeline = place.endsWith('as a controller') ? 'nest' : 'front';
  const imports = [ObservabilityModule.forRoot({ ...all, pipeline })];
  const platform = place.startsWith('express') ? 'express' : 'fastify';
  return boot({ module: class AppModule {}, imports }, platform);
}

/** An answer as it came, not decompressed. */
export interface Scrape {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A scrape of which the head has come; the rest waits until it is read. */
export interface OpenScrape extends Omit<Scrape, 'body'> {
  /** Reads the rest. */
  readonly read: () => Promise<Buffer>;
  /** Goes away. */
  readonly leave: () => void;
}

/** Asks for something on a connection of its own. */
export async function openScrape(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<OpenScrape> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (answer) => {
      const read = async (): Promise<Buffer> => Buffer.concat(await answer.toArray());
      const { statusCode: status } = answer;
      resolve({ status, headers: answer.headers, read, leave: () => void answer.destroy() });
    });
    asked.on('error', reject).end();
    onTestFinished(() => void asked.destroy());
  });
}

/** Asks for something, and reads it. */
export async function scrape(
  url: string,
  headers?: Readonly<Record<string, string>>,
  method?: string,
): Promise<Scrape> {
  const { read, leave: _, ...head } = await openScrape(url, headers, method);
  return { ...head, body: await read() };
}
