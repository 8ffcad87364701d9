import { loadOptionalPackage } from '../../optional-package.js';
import { startClient, type SentrySdk } from './sentry-client.js';
import type { SentryInitOptions } from '../sentry.types.js';

/**
 * Starts Sentry before the application is loaded, so that NestJS and databases are instrumented while they are.
 *
 * @param ownPaths make no traces, until an application says which ones do not.
 * @returns whether there was an SDK to start.
 */
export async function startEarly(
  options: SentryInitOptions,
  ownPaths: readonly string[],
): Promise<boolean> {
  const sdk = (await loadOptionalPackage('@sentry/nestjs')) as SentrySdk | undefined;
  if (sdk !== undefined) startClient(sdk, options, ownPaths);
  return sdk !== undefined;
}
