import type { DynamicModule, INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SentryService } from 'nestjs-observability';
import { boot, type BootedApp, type Platform } from '../../../support/boot.js';
import type { SentryEvent, SentryReceiver } from '../../../support/sentry-receiver.js';

/** The header of an answer that tells of an event, in the letters of `fetch`. */
export const HEADER = 'x-sentry-event-id';

/** A request, its answer, and all events that came of it. */
export interface Asked {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
  readonly events: readonly SentryEvent[];
}

/** An application that reports to a receiver. */
export interface ReportingApp extends BootedApp {
  /** Asks for a path, and waits until all that came of it has been sent. */
  readonly ask: (path: string) => Promise<Asked>;
}

/** What the tests do to an application of either platform before it listens. */
export type Prepare = (app: NestExpressApplication) => void;

/** Boots a module whose DSN is that of the receiver. */
export async function bootReporting(
  module: DynamicModule,
  receiver: SentryReceiver,
  platform: Platform,
  prepare: Prepare = () => {},
): Promise<ReportingApp> {
  const booted = await boot(module, platform, (app: INestApplication) =>
    prepare(app as NestExpressApplication),
  );
  const ask = async (path: string): Promise<Asked> => {
    const before = receiver.events.length;
    const response = await booted.get(path);
    const body = await response.text();
    await booted.app.get(SentryService).flush();
    const { status, headers } = response;
    return { status, body, headers, events: receiver.events.slice(before) };
  };
  return { ...booted, ask };
}

/** What the events say of the error that was thrown. */
export function valuesOf(events: readonly SentryEvent[]): (string | undefined)[] {
  return events.map((event) => event.exception?.values.at(-1)?.value ?? event.message);
}
