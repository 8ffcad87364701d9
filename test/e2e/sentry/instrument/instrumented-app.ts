import type { ObservabilityModuleOptions } from 'nestjs-observability';
import { SentryProcess, type Sdk } from '../majors/sentry-process.js';

/** What starts the SDK before the application is loaded. */
export const INSTRUMENT: readonly string[] = ['--import', 'nestjs-observability/instrument'];

/** How the small application is started. */
export interface AppOptions {
  readonly sdk: Sdk;
  /** Options of Node. @default none */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of the module; only what JSON can say. */
  readonly options?: ObservabilityModuleOptions;
  /** Options with which the application starts the SDK itself. */
  readonly initialises?: object;
  /** Its one route is `/health/live`. */
  readonly alive?: boolean;
  readonly end?: 'close' | 'rejection';
}

/** Starts an application with one route, `/orders/:id`, which captures an error when it listens. */
export function startApp({ sdk, node = [], env = {}, ...rest }: AppOptions): SentryProcess {
  return new SentryProcess({
    sdk,
    files: ['app.mjs'],
    from: import.meta.dirname,
    node,
    args: [JSON.stringify(rest)],
    env,
  });
}
