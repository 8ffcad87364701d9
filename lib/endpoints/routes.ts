import type { IncomingMessage } from 'node:http';
import { Faults } from '../faults.js';
import { errorText } from '../show-value.js';
import { tell } from '../tell.js';
import type { AccessPolicy } from './access-policy.js';
import {
  failureAnswer,
  forbiddenAnswer,
  methodNotAllowedAnswer,
  unauthorizedAnswer,
  type Answer,
} from './answers.js';
import type { GuardedRoute, RouteName } from './endpoints.types.js';
import type { ObservabilityController } from './observability.controller.js';

/** Answers a request for a route, also one that must not be answered. Never throws and never rejects. */
export type Route = (request: IncomingMessage) => Answer | Promise<Answer>;

/** The five routes by name. */
export type Routes = Readonly<Record<RouteName, Route>>;

/**
 * What stands before the controller, on whatever the routes are mounted: methods, access, and what goes wrong.
 *
 * @param complain is told what has gone wrong, and `faults` counts it.
 */
export function createRoutes(
  controller: ObservabilityController,
  access: Readonly<Record<GuardedRoute, AccessPolicy>>,
  complain: (problem: string) => void,
  faults: Faults = new Faults(),
): Routes {
  const failed = (name: RouteName, error: unknown): Answer => {
    faults.count('route');
    tell(complain, `The route ${name} failed: ${errorText(error)}`);
    return failureAnswer();
  };
  const route = (name: RouteName, answer: Route, admits?: AccessPolicy): Route => {
    return (request) => {
      const { method } = request;
      if (method !== 'GET' && method !== 'HEAD') return methodNotAllowedAnswer();
      const admission = admits === undefined ? 'admitted' : admits(request);
      if (admission !== 'admitted') {
        return admission === 'unauthorized' ? unauthorizedAnswer() : forbiddenAnswer();
      }
      try {
        const said = answer(request);
        return said instanceof Promise ? said.catch((error) => failed(name, error)) : said;
      } catch (error) {
        return failed(name, error);
      }
    };
  };
  return {
    health: route('health', (request) => controller.health(request), access.health),
    live: route('live', () => controller.live()),
    ready: route('ready', () => controller.ready()),
    metrics: route('metrics', (request) => controller.metrics(request), access.metrics),
    tools: route('tools', () => controller.tools(), access.tools),
  };
}
