import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './requests-in-flight.js';

/** The endpoint of all requests that matched no route. */
const UNMATCHED = 'unmatched';

/** Stands for where a router is mounted: Express tells only the path that was asked for, which may be any. */
const SOMEWHERE = '*';

/** What Express leaves in a request that has got as far as a route. */
interface ExpressRequest extends IncomingMessage {
  readonly route?: { readonly path?: string | RegExp | readonly (string | RegExp)[] } | null;
  readonly baseUrl?: string;
}

/** The pattern of a request's route, with prefix and version, as far as the request has got. */
export function endpointOf({ req }: ServerResponse, { endpoint }: Exchange): string {
  return routeOf(req, endpoint) ?? UNMATCHED;
}

/**
 * The pattern of a request's route, or `undefined` if it has matched none so far.
 *
 * @param told by a framework that tells it.
 */
export function routeOf(request: IncomingMessage, told: string | undefined): string | undefined {
  return told ?? routeOnExpress(request);
}

function routeOnExpress({ route, baseUrl }: ExpressRequest): string | undefined {
  if (route?.path === undefined) return undefined;
  const path = String(route.path);
  if (baseUrl === undefined || baseUrl === '') return path;
  // With a prefix NestJS 12 has a router there that says 404; no path of anybody else begins without a slash.
  return path === '*path' ? undefined : SOMEWHERE + path;
}
