import { keepBodiesOut, withPrivacy, type EventSource } from './private-data.js';
import type { SentryInitOptions } from './sentry.types.js';

/** What this package uses of the Sentry SDK; named here because its types must not be needed where it is absent. */
export interface SentrySdk {
  init(options: object): SentryClient | undefined;
  getClient(): SentryClient | undefined;
  getCurrentScope(): SdkScope;
  getIsolationScope(): SdkScope;
  withScope<T>(run: (scope: SdkScope) => T): T;
  withIsolationScope<T>(run: (scope: SdkScope) => T): T;
  readonly NodeClient: new (options: object) => SentryClient;
  readonly makeNodeTransport: unknown;
  readonly defaultStackParser: unknown;
  getSentryRelease(): string | undefined;
  linkedErrorsIntegration(): unknown;
  contextLinesIntegration(): unknown;
  nodeContextIntegration(): unknown;
  requestDataIntegration(): unknown;
  onUnhandledRejectionIntegration(options: { mode: 'strict' }): unknown;
}

/** A client of the Sentry SDK. */
export interface SentryClient extends EventSource {
  init(): void;
  getOptions(): { readonly enabled?: boolean; readonly [option: string]: unknown };
  flush(timeoutMs?: number): PromiseLike<boolean>;
  close(timeoutMs?: number): PromiseLike<boolean>;
}

/** A scope of the Sentry SDK: what is known where something is captured. */
export interface SdkScope {
  clone(): SdkScope;
  getClient(): SentryClient | undefined;
  setClient(client: SentryClient): void;
  setUser(user: object | null): void;
  setTag(key: string, value: unknown): void;
  setContext(name: string, context: object | null): void;
  setLevel(level: string): void;
  setFingerprint(fingerprint: string[]): void;
  setTransactionName(name: string): void;
  addBreadcrumb(breadcrumb: object, most?: number): void;
  captureException(error: unknown, hint: object): string;
  captureMessage(message: string, level: string, hint: object): string;
}

/** The number of applications that use a client made here; kept on the client, so that the last one closes it. */
const USERS = Symbol.for('nestjs-observability:users');

interface CountedClient extends SentryClient {
  [USERS]?: number;
}

/** What makes events of two applications differ: they share a client only where these are the same. */
const IDENTITY = ['dsn', 'environment', 'release'] as const;

/**
 * Finds or makes the client for one application.
 *
 * A client that the application has initialised itself is used as it is. Otherwise the process gets its client here;
 * a further application in the same process with another DSN, environment or release gets a client of its own, so that
 * neither sends to the other's project.
 */
export function connectClient(
  sdk: SentrySdk,
  options: SentryInitOptions,
): SentryClient | undefined {
  const current: CountedClient | undefined = sdk.getClient();
  const wanted = { ...withPrivacy(options), release: options.release ?? sdk.getSentryRelease() };
  if (isLive(current)) {
    if (current[USERS] === undefined) return current;
    if (IDENTITY.every((key) => current.getOptions()[key] === wanted[key])) return addUser(current);
  }
  const client = isLive(current) ? makeOwnClient(sdk, wanted) : sdk.init(asNodeDoes(sdk, wanted));
  if (client === undefined) return undefined;
  keepBodiesOut(client, wanted);
  return addUser(client);
}

/** Ends one application's use: a client made here is closed by its last user, any other is only flushed. */
export function disconnectClient(client: CountedClient, timeoutMs: number): PromiseLike<boolean> {
  if (client[USERS] === undefined) return client.flush(timeoutMs);
  client[USERS] -= 1;
  return client[USERS] > 0 ? client.flush(timeoutMs) : client.close(timeoutMs);
}

/** Says whether a client is there and takes events. */
export function isLive<Client extends SentryClient>(client: Client | undefined): client is Client {
  return client !== undefined && client.getOptions().enabled !== false;
}

/**
 * The current scope, bound to a client that need not be the process's current one.
 *
 * @param transaction what is being done, where the scope does not know it.
 */
export function scopeFor(sdk: SentrySdk, client: SentryClient, transaction?: string): SdkScope {
  const current = sdk.getCurrentScope();
  if (current.getClient() === client && transaction === undefined) return current;
  const scope = current.clone();
  scope.setClient(client);
  if (transaction !== undefined) scope.setTransactionName(transaction);
  return scope;
}

function addUser(client: CountedClient): SentryClient {
  client[USERS] = (client[USERS] ?? 0) + 1;
  return client;
}

/** The SDK's default keeps a process alive that Node ends for an unhandled rejection. */
function asNodeDoes(sdk: SentrySdk, options: SentryInitOptions): object {
  const given = options['integrations'] ?? [];
  if (!Array.isArray(given)) return options;
  const strict = sdk.onUnhandledRejectionIntegration({ mode: 'strict' });
  return { ...options, integrations: [strict, ...(given as unknown[])] };
}

/** Without the SDK's integrations that listen to the process or instrument it: those belong to the first client. */
function makeOwnClient(sdk: SentrySdk, options: SentryInitOptions): SentryClient {
  const given: unknown = options['integrations'];
  const client = new sdk.NodeClient({
    transport: sdk.makeNodeTransport,
    stackParser: sdk.defaultStackParser,
    ...options,
    integrations: [
      sdk.linkedErrorsIntegration(),
      sdk.contextLinesIntegration(),
      sdk.nodeContextIntegration(),
      sdk.requestDataIntegration(),
      ...(Array.isArray(given) ? (given as unknown[]) : []),
    ],
  });
  client.init();
  return client;
}
