import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  Controller,
  Delete,
  Get,
  Inject,
  Options,
  Patch,
  Post,
  Put,
  Req,
  Res,
  VERSION_NEUTRAL,
  type Type,
} from '@nestjs/common';
import type { RouteName, RoutePaths } from './endpoints.types.js';
import { DEFAULT_PATHS, mountedRoutes } from './route-path.js';
import type { Routes } from './routes.js';
import { sendAnswer } from './send-answer.js';

/** Token of the {@link Routes}. */
export const ROUTES: unique symbol = Symbol('routes of ObservabilityModule');

/** What a handler is handed: `node:http` itself on Express, something around it on Fastify. */
type PlatformRequest = IncomingMessage | { readonly raw: IncomingMessage };
type PlatformResponse = ServerResponse | FastifyReply;

interface FastifyReply {
  readonly raw: ServerResponse;
  status(code: number): FastifyReply;
  headers(values: Readonly<Record<string, string | number>>): FastifyReply;
  send(body: string | Readable): void;
}

/** NestJS keeps one method for each handler, so that each method that gets 405 has a handler of its own. */
const REFUSALS = {
  refusePost: Post,
  refusePut: Put,
  refusePatch: Patch,
  refuseDelete: Delete,
  refuseOptions: Options,
} as const;

/** Where `@nestjs/swagger` looks for what it is to leave out. */
const HIDDEN_FROM_SWAGGER = 'swagger/apiExcludeEndpoint';

/** Marks the controllers that are made here; an application that imports the module twice has several. */
const OURS = Symbol('controller of ObservabilityModule');

const ROUTE_NAMES = Object.keys(DEFAULT_PATHS) as readonly RouteName[];

/**
 * Makes an ordinary controller of NestJS of the routes, so that guards, interceptors and Swagger see them.
 *
 * Each call makes a class of its own, as NestJS keeps what it knows of a route in the class. It has no paths before
 * {@link mapPaths}.
 */
export function createNestController(decorators: readonly ClassDecorator[]): Type {
  @Controller({ version: VERSION_NEUTRAL })
  class ObservabilityController {
    static readonly [OURS] = true;

    constructor(@Inject(ROUTES) readonly routes: Routes) {}
  }
  const addHandler = (method: string, route: RouteName): void => {
    const value = function handle(
      this: ObservabilityController,
      request: PlatformRequest,
      response: PlatformResponse,
    ): Promise<void> {
      return reply(this.routes, route, request, response);
    };
    // Swagger makes the id of an operation of it.
    Object.defineProperty(value, 'name', { value: method });
    const { prototype } = ObservabilityController;
    Object.defineProperty(prototype, method, { value, configurable: true, writable: true });
    Req()(prototype, method, 0);
    Res()(prototype, method, 1);
  };
  for (const name of ROUTE_NAMES) addHandler(name, name);
  // It refuses whatever the route.
  for (const refusal of Object.keys(REFUSALS)) addHandler(refusal, 'live');
  for (const decorate of decorators) decorate(ObservabilityController);
  return ObservabilityController;
}

/** Whether a controller has been made by {@link createNestController}. */
export function isOwnController(controller: Type): boolean {
  return OURS in controller;
}

/** Tells NestJS where the routes are, before it registers its controllers. */
export function mapPaths({ prototype }: Type, paths: RoutePaths): void {
  const handlerOf = (method: string): PropertyDescriptor & { value: object } =>
    Object.getOwnPropertyDescriptor(prototype, method) as PropertyDescriptor & { value: object };
  for (const name of ROUTE_NAMES) {
    const path = paths[name];
    const handler = handlerOf(name);
    // The same class is mapped again where an application is booted twice, with other options perhaps.
    Reflect.deleteMetadata('path', handler.value);
    if (path !== undefined) Get(path)(prototype as object, name, handler);
  }
  const all = mountedRoutes(paths).map(([, path]) => path);
  for (const [refusal, Method] of Object.entries(REFUSALS)) {
    const handler = handlerOf(refusal);
    Reflect.deleteMetadata('path', handler.value);
    // No path at all would stand for "/".
    if (all.length > 0) Method(all)(prototype as object, refusal, handler);
    Reflect.defineMetadata(HIDDEN_FROM_SWAGGER, { disable: true }, handler.value);
  }
}

/** Through Fastify, so that its hooks see the answer; past Express, which would add an ETag and answer 304. */
async function reply(
  routes: Routes,
  name: RouteName,
  request: PlatformRequest,
  response: PlatformResponse,
): Promise<void> {
  const raw = 'raw' in request ? request.raw : request;
  const answer = await routes[name](raw);
  if ('raw' in response) {
    const { body } = answer;
    response
      .status(answer.statusCode)
      .headers(answer.headers)
      .send(typeof body === 'string' ? body : Readable.from(body));
  } else {
    sendAnswer(answer, raw, response);
  }
}
