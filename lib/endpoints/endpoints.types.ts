import type { IncomingMessage } from 'node:http';

/** The five routes, by the names that the options `routes` and `access` have for them. */
export type RouteName = 'health' | 'live' | 'ready' | 'metrics' | 'tools';

/** Where each route is; `undefined` for one that is switched off. */
export type RoutePaths = Readonly<Record<RouteName, string | undefined>>;

/** Who sees the messages and details of health checks: everyone, nobody, or whom the function lets. */
export type DetailsOption = 'always' | 'never' | ((request: IncomingMessage) => boolean);

/** Who gets an answer of a route: everyone, whoever sends the token, or whom the function lets. */
export type AccessOption =
  'public' | { readonly bearer: string } | ((request: IncomingMessage) => boolean);

/** The routes that can be kept from some; the probes are open to all. */
export type GuardedRoute = Extract<RouteName, 'health' | 'metrics' | 'tools'>;

/** Where the management listener listens. */
export interface ManagementAddress {
  readonly port: number;
  readonly host: string;
}
