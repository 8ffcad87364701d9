import type { RouteName, RoutePaths } from './endpoints.types.js';

/** Where the routes are unless the option `routes` says otherwise. */
export const DEFAULT_PATHS: Readonly<Record<RouteName, string>> = {
  health: '/health',
  live: '/health/live',
  ready: '/health/ready',
  metrics: '/metrics',
  tools: '/health/tools',
};

/** The routes that are not switched off, and where they are. */
export function mountedRoutes(paths: RoutePaths): [RouteName, string][] {
  return (Object.entries(paths) as [RouteName, string | undefined][]).filter(
    (entry): entry is [RouteName, string] => entry[1] !== undefined,
  );
}

/** What the path of a route may be. */
export const PATH_RULE = 'a path such as /health of letters, digits and "-", ".", "_", "~"';

const MAX_PATH = 200;

/** Whether a text may be the path of a route. */
export function isRoutePath(path: string): boolean {
  return path.length <= MAX_PATH && /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/.test(path);
}

/** The form in which two paths are compared: a router that tells letters apart by case is no reason to answer less. */
export function canonicalPath(path: string): string {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return bare.toLowerCase();
}

/** A request target has no path of ours in it if it is longer than this: three bytes a character, and a slash. */
const MAX_TARGET_PATH = 3 * MAX_PATH + 1;

/** What only a path needs that does not stand for itself. */
const NEEDS_WORK = /[A-Z%]|.\/$/;

/**
 * The path that a request is for, in the form of {@link canonicalPath}: without query, with what is percent-encoded
 * decoded. Whoever takes this server for a proxy asks with the whole URL.
 *
 * @returns `undefined` for what cannot be the path of a route.
 */
export function pathOfTarget(target: string): string | undefined {
  const url = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  if (path.length > MAX_TARGET_PATH) return undefined;
  if (!NEEDS_WORK.test(path)) return path;
  const decoded = path.includes('%') ? decode(path) : path;
  return decoded === undefined ? undefined : canonicalPath(decoded);
}

/** An encoded slash is no separator, and what it is part of is no path of ours. */
function decode(path: string): string | undefined {
  if (/%2f/i.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
