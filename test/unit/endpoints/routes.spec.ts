import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { AccessPolicy } from '../../../lib/endpoints/access-policy.js';
import type { RouteName } from '../../../lib/endpoints/endpoints.types.js';
import type { ObservabilityController } from '../../../lib/endpoints/observability.controller.js';
import { createRoutes, type Routes } from '../../../lib/endpoints/routes.js';

const request = { method: 'GET', url: '/', headers: {} } as IncomingMessage;

const ROUTES: readonly RouteName[] = ['health', 'live', 'ready', 'metrics', 'tools'];

const ERROR = { statusCode: 500, body: '{"status":"error"}' };

const WAYS: readonly [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('refused by postgres://app:hunter2@db');
    },
  ],
  ['rejects', () => Promise.reject(new Error('refused by postgres://app:hunter2@db'))],
];

/** Routes that all do the same. */
function routesThat(
  answer: () => unknown,
  complain: (problem: string) => void,
  admits: AccessPolicy = () => 'admitted',
): Routes {
  const controller = Object.fromEntries(ROUTES.map((name) => [name, answer]));
  const access = { health: admits, metrics: admits, tools: admits };
  return createRoutes(controller as unknown as ObservabilityController, access, complain);
}

describe.each(WAYS)('a route that %s', (_how, fails) => {
  it.each(ROUTES)('is an error, and is complained of by its name: %s', async (name) => {
    const problems: string[] = [];
    const routes = routesThat(fails, (problem) => problems.push(problem));
    expect(await routes[name](request)).toMatchObject(ERROR);
    expect(problems).toEqual([expect.stringMatching(`^The route ${name} failed: refused by`)]);
    expect(problems[0]).not.toContain('hunter2');
  });

  it('is an error where even the complaint fails', async () => {
    let complaints = 0;
    const routes = routesThat(fails, () => {
      complaints += 1;
      throw new Error('the disk of the log is full');
    });
    for (const name of ROUTES) expect(await routes[name](request), name).toMatchObject(ERROR);
    expect(complaints).toBe(ROUTES.length);
  });
});
