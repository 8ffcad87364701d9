import { latest, MOST_BREADCRUMBS, type KeptScope, type ScopeData } from '../kept-scope.js';
import type { SdkScope, SentryClient, SentrySdk } from './sentry-client.js';

/** In the hint of a capture: what the application that captures was told outside of any request. */
const TOLD = Symbol.for('nestjs-observability:told-outside-requests');

/** On a client: the scopes of the applications that use it. */
const SCOPES = Symbol.for('nestjs-observability:scopes-outside-requests');

interface Told {
  readonly [TOLD]?: ScopeData;
}

interface ScopedClient extends SentryClient {
  [SCOPES]?: Set<KeptScope>;
}

interface EventParts {
  user?: object;
  tags?: object;
  contexts?: object;
  breadcrumbs?: readonly { readonly timestamp?: number }[];
}

interface ClientOfEvents {
  addEventProcessor(processor: (event: EventParts, hint?: Told) => EventParts): void;
}

/**
 * The scope in which the SDK keeps what it is told outside of any request, job or message. It is one for the whole
 * process, and each request begins with a copy of it: what one application is told must not go there.
 */
export function processScope(sdk: SentrySdk): SdkScope | undefined {
  const { SDK_VERSION: version } = sdk as { readonly SDK_VERSION?: unknown };
  const { __SENTRY__: carriers } = globalThis as {
    __SENTRY__?: Record<string, { defaultIsolationScope?: SdkScope } | undefined>;
  };
  return carriers?.[String(version)]?.defaultIsolationScope;
}

/** What goes along with a capture, so that the event gets what its application was told outside of any request. */
export function toldOutside(scope: KeptScope): object {
  return { [TOLD]: scope.data };
}

/**
 * Gives the events of a client what its applications were told outside of any request, each its own. An event that no
 * application has captured itself, as that of an unhandled rejection, gets it where a single one uses the client.
 *
 * @returns takes the application's part back.
 */
export function tellClient(client: ScopedClient, scope: KeptScope): () => void {
  const scopes = (client[SCOPES] ??= listeningSet(client));
  scopes.add(scope);
  return () => {
    scopes.delete(scope);
    scope.clear();
  };
}

function listeningSet(client: ScopedClient): Set<KeptScope> {
  const scopes = new Set<KeptScope>();
  (client as unknown as ClientOfEvents).addEventProcessor((event, hint) => {
    const told = hint?.[TOLD] ?? onlyOf(scopes)?.data;
    return told === undefined ? event : withData(event, told, mostBreadcrumbs(client));
  });
  return scopes;
}

function onlyOf<T>(values: ReadonlySet<T>): T | undefined {
  const [only, other] = values;
  return other === undefined ? only : undefined;
}

/** How many breadcrumbs the events of a client have at most. */
function mostBreadcrumbs(client: SentryClient): number {
  const most = client.getOptions()['maxBreadcrumbs'];
  return typeof most === 'number' ? most : MOST_BREADCRUMBS;
}

/** What the event itself says of the request goes before. */
function withData(event: EventParts, told: ScopeData, most: number): EventParts {
  const parts: EventParts = { ...event };
  if (!isEmpty(told.user)) parts.user = { ...told.user, ...event.user };
  if (!isEmpty(told.tags)) parts.tags = { ...told.tags, ...event.tags };
  if (!isEmpty(told.contexts)) parts.contexts = { ...told.contexts, ...event.contexts };
  if (told.breadcrumbs.length > 0) {
    const all = [...told.breadcrumbs, ...(event.breadcrumbs ?? [])] as { timestamp?: number }[];
    const inOrder = all.toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
    parts.breadcrumbs = latest(inOrder, most);
  }
  return parts;
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
