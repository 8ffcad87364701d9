import type { IncomingMessage, ServerResponse } from 'node:http';
import { Faults } from '../faults.js';
import { errorText } from '../show-value.js';
import { tell } from '../tell.js';
import type { Answer } from './answers.js';
import type { RoutePaths } from './endpoints.types.js';
import { canonicalPath, mountedRoutes, pathOfTarget } from './route-path.js';
import type { Route, Routes } from './routes.js';
import { sendAnswer } from './send-answer.js';

/** Answers a request if it is for one of the five routes. @returns whether it is. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Answers the routes on plain `node:http`, with no framework between.
 *
 * @param complain is told of a request that got no answer, and `faults` counts it.
 */
export function createRequestHandler(
  routes: Routes,
  paths: RoutePaths,
  complain: (problem: string) => void,
  faults: Faults = new Faults(),
): RequestHandler {
  const mounted = new Map<string, Route>(
    mountedRoutes(paths).map(([name, path]) => [canonicalPath(path), routes[name]]),
  );
  // Most requests are for the application, and their first letter tells it. Percent-encoded, a path may begin with any
  // letter; a whole URL does not begin with a slash.
  const beginnings = new Set(['%']);
  for (const [, initial = ''] of mounted.keys()) {
    beginnings.add(initial).add(initial.toUpperCase());
  }
  const mayBeOurs = (target: string): boolean =>
    target[0] !== '/' || beginnings.has(target[1] ?? '');
  const routeOf = (target: string): Route | undefined => {
    const path = pathOfTarget(target);
    return path === undefined ? undefined : mounted.get(path);
  };
  return (request, response) => {
    const { url = '/' } = request;
    const route = mayBeOurs(url) ? (mounted.get(url) ?? routeOf(url)) : undefined;
    if (route === undefined) return false;
    const send = (answer: Answer): void => {
      try {
        sendAnswer(answer, request, response);
      } catch (error) {
        faults.count('route');
        tell(complain, `A request for ${pathOfTarget(url)} got no answer: ${errorText(error)}`);
        response.destroy();
      }
    };
    const answer = route(request);
    if (answer instanceof Promise) void answer.then(send);
    else send(answer);
    return true;
  };
}
