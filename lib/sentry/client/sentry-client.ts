import { followOutcomes, outcomesOf, type EventOutcomes } from './event-outcomes.js';
import type { ScopeKeeper } from '../kept-scope.js';
import { attachScrubber } from '../scrubbing/event-scrubber.js';
import { integrationsFor, type SdkIntegrations } from './integrations.js';
import { keepOut, withPrivacy, type EventSource } from './private-data.js';
import type { SentryInitOptions } from '../sentry.types.js';
import { asksForTraces, instrumentsModules, silencePaths } from './traces.js';

/** What this package uses of the Sentry SDK; named here because its types must not be needed where it is absent. */
export interface SentrySdk extends SdkIntegrations {
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
  readonly SDK_VERSION?: string;
}

/** A client of the Sentry SDK. */
export interface SentryClient extends EventSource {
  on(hook: string, callback: (event: never, more: never) => void): () => void;
  init(): void;
  addIntegration(integration: unknown): void;
  getTransport(): unknown;
  getOptions(): { readonly enabled?: boolean; readonly [option: string]: unknown };
  flush(timeoutMs?: number): PromiseLike<boolean>;
  close(timeoutMs?: number): PromiseLike<boolean>;
}

/** A scope of the Sentry SDK: what is known where something is captured. */
export interface SdkScope extends ScopeKeeper {
  clone(): SdkScope;
  getClient(): SentryClient | undefined;
  setClient(client: SentryClient): void;
  setTransactionName(name: string): void;
  captureException(error: unknown, hint: object): string;
  captureMessage(message: string, level: string, hint: object): string;
}

/** What one application has to say of, and to, the client that it uses. */
export interface ClientUse {
  /** The paths of the module's own routes, in the form of `canonicalPath`: of them there are no traces. */
  readonly ownPaths: readonly string[];
  /** Counts what becomes of events. */
  readonly outcomes: EventOutcomes;
}

/** The number of applications that use a client made here; kept on the client, so that the last one closes it. */
const USERS = Symbol.for('nestjs-observability:users');

/** Whether it makes traces that lack what is instrumented while it is loaded. */
const LATE = Symbol.for('nestjs-observability:late');

interface CountedClient extends SentryClient {
  [USERS]?: number;
  [LATE]?: boolean;
}

/** What makes events of two applications differ: they share a client only where these are the same. */
const IDENTITY = ['dsn', 'environment', 'release'] as const;

/**
 * Finds or makes the client for one application.
 *
 * A client that the application has initialised itself is used as it is. Otherwise the process gets its client here;
 * a further application in the same process with another DSN, environment or release gets a client of its own, so that
 * neither sends to the other's project.
 *
 * @returns `undefined` where the SDK makes none, or no DSN is given and the application has initialised none itself.
 */
export function connectClient(
  sdk: SentrySdk,
  options: SentryInitOptions,
): SentryClient | undefined {
  const current: CountedClient | undefined = sdk.getClient();
  if (isLive(current) && current[USERS] === undefined) return current;
  // A client that was made here is that of an application which has said so.
  if (options.dsn === undefined) return undefined;
  const isLate = !instrumentsModules();
  const client = clientFor(sdk, complete(sdk, options), current);
  if (client === undefined) return undefined;
  client[USERS] = (client[USERS] ?? 0) + 1;
  client[LATE] ??= isLate && asksForTraces(client.getOptions());
  return client;
}

/** Ends one application's use: a client made here is closed by its last user, any other is only flushed. */
export function disconnectClient(client: CountedClient, timeoutMs: number): PromiseLike<boolean> {
  if (client[USERS] === undefined) return client.flush(timeoutMs);
  client[USERS] -= 1;
  return client[USERS] > 0 ? client.flush(timeoutMs) : client.close(timeoutMs);
}

/**
 * Counts what becomes of an application's events, scrubs what its client sends, whoever has made that, and keeps its own
 * routes out of the traces.
 *
 * @returns what ends it for this application.
 */
export function followClient(client: SentryClient, { ownPaths, outcomes }: ClientUse): () => void {
  const dropped = (event: { type?: unknown }, hint: object): void => {
    if (event.type === undefined && outcomesOf(client, hint) === outcomes)
      outcomes.count('dropped');
  };
  const ends = [
    followOutcomes(client, outcomes),
    attachScrubber(client, dropped),
    silencePaths(client, ownPaths),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Whether a client that was made here makes traces, and was there too late for what instruments NestJS and databases. */
export function tracesAreLate(client: CountedClient): boolean {
  return client[LATE] === true;
}

/**
 * Makes the client of the process before any application is there; the first one that has the same DSN takes it over,
 * with all that its options say.
 */
export function startClient(
  sdk: SentrySdk,
  options: SentryInitOptions,
  ownPaths: readonly string[],
): void {
  if (isLive(sdk.getClient())) return;
  const client: CountedClient | undefined = initClient(sdk, complete(sdk, options));
  if (client === undefined) return;
  client[USERS] = 0;
  // Nobody is there yet to whom it could be told that an event was dropped.
  attachScrubber(client, () => {});
  silencePaths(client, ownPaths);
}

function clientFor(
  sdk: SentrySdk,
  wanted: SentryInitOptions,
  current: CountedClient | undefined,
): CountedClient | undefined {
  if (!isLive(current)) return initClient(sdk, wanted);
  const isSame = (key: string): boolean => current.getOptions()[key] === wanted[key];
  if (current[USERS] === 0 && isSame('dsn')) return adapted(current, wanted);
  return IDENTITY.every(isSame) ? current : makeOwnClient(sdk, wanted);
}

function complete(sdk: SentrySdk, options: SentryInitOptions): SentryInitOptions {
  return { ...withPrivacy(options), release: options.release ?? sdk.getSentryRelease() };
}

/** The SDK reads most options of a client whenever it needs them. */
function adapted(client: SentryClient, options: SentryInitOptions): SentryClient {
  const { integrations, ...rest } = options;
  const none = { tracesSampler: undefined, tracesSampleRate: undefined, dataCollection: undefined };
  Object.assign(client.getOptions(), none, rest);
  if (Array.isArray(integrations)) {
    for (const integration of integrations as unknown[]) client.addIntegration(integration);
  }
  return client;
}

/** Says whether a client is there and takes events. */
export function isLive<Client extends SentryClient>(client: Client | undefined): client is Client {
  // One without a DSN has none, and sends nothing.
  return client?.getTransport() !== undefined && client.getOptions().enabled !== false;
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

/** What instruments modules while they load costs every import, and serves traces alone. */
const NO_INSTRUMENTATION = { registerEsmLoaderHooks: false, enableRuntimeChannelInjection: false };

function initClient(sdk: SentrySdk, options: SentryInitOptions): SentryClient | undefined {
  const client = sdk.init({
    ...(!asksForTraces(options) && NO_INSTRUMENTATION),
    ...options,
    integrations: integrationsFor(sdk, options['integrations']),
  });
  if (client !== undefined) keepOut(client);
  return client;
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
  keepOut(client);
  return client;
}
