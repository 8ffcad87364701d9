import { RequestMethod, type Type } from '@nestjs/common';
import { loadOptionalPackage } from '../optional-package.js';
import type { RouteName, RoutePaths } from './endpoints.types.js';
import type { HostRoute } from './host-controllers.js';
import { isOwnController } from './nest-controller.js';
import { canonicalPath, mountedRoutes } from './route-path.js';

/**
 * Stops boot where the routes stand in front of a controller that has the path of one of them, and would never get a
 * request. That of `@willsoto/nestjs-prometheus` is let be: what it answers is answered here.
 *
 * @throws Error that names the controller.
 */
export async function assertNothingHidden(
  routes: readonly HostRoute[],
  paths: RoutePaths,
): Promise<void> {
  for (const [name, path] of mountedRoutes(paths)) {
    const hidden = routes.filter((route) => route.path === canonicalPath(path));
    const willsoto = hidden.length > 0 ? await controllerOfWillsoto() : undefined;
    const rivals = hidden.filter(({ controller }) => !isMadeOf(controller, willsoto));
    if (rivals.length > 0) throw conflict(name, rivals);
  }
}

/**
 * Stops boot where the routes are a controller among others, and another has a path of it.
 *
 * @throws Error that names the other.
 */
export function assertNoRival(routes: readonly HostRoute[], paths: RoutePaths): void {
  const own = routes.filter(({ controller }) => isOwnController(controller));
  const others = routes.filter(
    ({ controller, method }) =>
      !isOwnController(controller) && [RequestMethod.GET, RequestMethod.ALL].includes(method),
  );
  for (const [name] of mountedRoutes(paths)) {
    const places = own.filter(({ handler }) => handler === name).map(({ path }) => path);
    const rivals = others.filter(({ path }) => places.includes(path));
    if (rivals.length > 0) throw conflict(name, rivals);
  }
}

/** Where NestJS mounts one of the routes that are a controller. */
export function placeOf(routes: readonly HostRoute[], name: RouteName): string | undefined {
  return routes.find(({ controller, handler }) => isOwnController(controller) && handler === name)
    ?.place;
}

/** Where NestJS mounts the routes that are a controller, all of them. */
export function ownPlaces(routes: readonly HostRoute[]): string[] {
  return routes.filter(({ controller }) => isOwnController(controller)).map(({ place }) => place);
}

/** A package that cannot be loaded has no controller either. */
async function controllerOfWillsoto(): Promise<unknown> {
  const willsoto = await loadOptionalPackage('@willsoto/nestjs-prometheus').catch(() => undefined);
  return (willsoto as { PrometheusController?: unknown } | undefined)?.PrometheusController;
}

function isMadeOf(controller: Type, base: unknown): boolean {
  return (
    typeof base === 'function' && (controller === base || controller.prototype instanceof base)
  );
}

function conflict(name: RouteName, rivals: readonly HostRoute[]): Error {
  const who = [...new Set(rivals.map(({ owner }) => owner))].join(', ');
  const [{ method, path } = { method: RequestMethod.GET, path: '' }] = rivals;
  return new Error(
    `${who} maps ${RequestMethod[method]} ${path}, which ObservabilityModule answers. Give one of them another path; ` +
      `the option routes.${name} takes a path, or false`,
  );
}
