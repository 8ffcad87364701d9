import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { ObservabilityModule, type ObservabilityModuleOptions } from 'nestjs-observability';
import { expect, vi } from 'vitest';
import type { SentryEvent, SentryReceiver } from '../../../support/sentry-receiver.js';

@Module({})
class HandlersModule {}

/** What the tests of handlers read of an event. */
export type HandlerEvent = SentryEvent & {
  readonly transaction?: string;
  readonly breadcrumbs?: readonly { readonly message?: string }[];
  readonly exception?: {
    readonly values: readonly { readonly mechanism?: { readonly handled?: boolean } }[];
  };
};

/** An application with handlers, and with the observability module unless `options` are `undefined`. */
export function handlersModule(
  parts: ModuleMetadata,
  options: ObservabilityModuleOptions | undefined,
): DynamicModule {
  const observability = options === undefined ? [] : [ObservabilityModule.forRoot(options)];
  return {
    ...parts,
    module: HandlersModule,
    // First, so that all others start after it, and last, so that they do so before.
    imports: [...(parts.imports ?? []), ...observability],
  };
}

/** Waits until so many events have arrived. @returns them all, which may be more. */
export async function arrived(
  receiver: SentryReceiver,
  count: number,
): Promise<readonly HandlerEvent[]> {
  await vi.waitFor(() => expect(receiver.events.length).toBeGreaterThanOrEqual(count), 10_000);
  return receiver.events;
}

/** What was thrown. */
export function valuesOf(events: readonly HandlerEvent[]): (string | undefined)[] {
  return events.map((event) => event.exception?.values.at(-1)?.value);
}

/** In an order of their own: events arrive in any. */
export function inOrder<T>(values: readonly T[]): T[] {
  const keyOf = (value: T): string => JSON.stringify([value]);
  return values.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}
