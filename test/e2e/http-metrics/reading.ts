import { Module, type Type } from '@nestjs/common';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import type { BootedApp } from '../../support/boot.js';

const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

type Get = BootedApp['get'];

/** A module with these controllers that measures HTTP. */
export function measured(
  controllers: Type[],
  options: ObservabilityModuleOptions['metrics'] = {},
): Type {
  @Module({
    imports: [ObservabilityModule.forRoot({ metrics: { enabled: true, ...options } })],
    controllers,
  })
  class AppModule {}
  return AppModule;
}

/** Reads the samples of a metric: `GET /orders/:id 200` and its value, with the bucket behind where there is one. */
export function samplesIn(exposition: string, metric: string): Record<string, number> {
  const samples: Record<string, number> = {};
  for (const line of exposition.split('\n')) {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (name !== metric) continue;
    const given = Object.fromEntries(
      [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text]),
    );
    const { method, endpoint, status, le } = given;
    samples[[method, endpoint, status, le].filter((text) => text !== undefined).join(' ')] =
      Number(value);
  }
  return samples;
}

/** What `GET /metrics` says of a metric. */
export async function samplesOf(get: Get, metric: string): Promise<Record<string, number>> {
  return samplesIn(await (await get('/metrics')).text(), metric);
}

/** How many requests there have been, by method, endpoint and status. */
export function counts(get: Get): Promise<Record<string, number>> {
  return samplesOf(get, 'http_requests_total');
}

/** The same, once there have been so many: the server may know of an end a little after the client. */
export async function countsOnce(get: Get, total: number): Promise<Record<string, number>> {
  for (;;) {
    const samples = await counts(get);
    const sum = Object.values(samples).reduce((one, other) => one + other, 0);
    if (sum >= total) return samples;
  }
}

/** How many requests are in flight. */
export async function inFlight(get: Get): Promise<number | undefined> {
  return (await samplesOf(get, 'http_requests_in_flight'))[''];
}
