import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import type { Admission } from '../../../lib/endpoints/access-policy.js';
import type { ObservabilityController } from '../../../lib/endpoints/observability.controller.js';
import { createRequestHandler } from '../../../lib/endpoints/request-handler.js';
import { DEFAULT_PATHS } from '../../../lib/endpoints/route-path.js';
import { createRoutes } from '../../../lib/endpoints/routes.js';
import { Faults } from '../../../lib/faults.js';
import { settle } from '../../support/fake-clock.js';

const everybody = (): Admission => 'admitted';
const PUBLIC = { health: everybody, metrics: everybody, tools: everybody };

const nobody = (): void => {};

/** Routes over a controller of which only this is asked. */
function routesOver(controller: Partial<ObservabilityController>, faults: Faults) {
  return createRoutes(controller as ObservabilityController, PUBLIC, nobody, faults);
}

function requestFor(url: string): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { url, method: 'GET' });
}

it.each([
  ['throws', () => JSON.parse('{') as never],
  ['rejects', () => Promise.reject(new Error('refused'))],
])('A route whose answer %s is counted each time', async (_how, health) => {
  const faults = new Faults();
  const routes = routesOver({ health }, faults);

  for (const _ of [1, 2]) {
    expect((await routes.health(requestFor('/health'))).statusCode).toBe(500);
  }

  expect(faults.of('route')).toBe(2);
});

it('An answer that cannot be sent is counted', async () => {
  const faults = new Faults();
  const live = () => ({ statusCode: 200, headers: { 'X-Broken': '\n' }, body: '' });
  const routes = routesOver({ live }, faults);
  const handle = createRequestHandler(routes, DEFAULT_PATHS, nobody, faults);
  const request = requestFor('/health/live');
  const response = new ServerResponse(request);

  expect(handle(request, response)).toBe(true);
  await settle();

  expect(faults.of('route')).toBe(1);
  expect(response.destroyed).toBe(true);
});
