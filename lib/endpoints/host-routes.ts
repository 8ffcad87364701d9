import { RequestMethod } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { RouteName, RoutePaths } from './endpoints.types.js';
import type { HostControllers, MappedMethod } from './host-controllers.js';
import { canonicalPath } from './route-path.js';

/** The methods of an adapter that register a route: `get`, `post`, `all` and so on. */
const REGISTERS = Object.values(RequestMethod)
  .filter((name) => typeof name === 'string')
  .map((name) => name.toLowerCase());

type Register = (...values: unknown[]) => unknown;

/**
 * Watches NestJS register the routes of an application that has ours in front. Only there is it known where a route
 * comes to be, with prefix and version.
 *
 * @returns a function that ends it.
 * @throws Error, when NestJS registers a route that maps the path of one of ours; it names the controller.
 */
export function watchHostRoutes(
  adapter: AbstractHttpAdapter,
  paths: RoutePaths,
  controllers: HostControllers,
): () => void {
  const ours = new Map<string, RouteName>();
  for (const [name, path] of Object.entries(paths) as [RouteName, string | undefined][]) {
    if (path !== undefined) ours.set(canonicalPath(path), name);
  }
  return watch(adapter, (method, path) => {
    const name = ours.get(path);
    if (name === undefined) return;
    const owners = ownersOf(path, controllers.mappedMethods());
    if (owners.some(({ isWillsoto }) => !isWillsoto)) throw conflict(name, method, path, owners);
  });
}

/**
 * Watches NestJS register the routes of an application that has ours among them, as one controller.
 *
 * @param own is that controller.
 * @returns a function that ends it and says where the liveness route has come to be, if anywhere.
 * @throws Error as {@link watchHostRoutes} does.
 */
export function watchRivals(
  adapter: AbstractHttpAdapter,
  paths: RoutePaths,
  controllers: HostControllers,
  own: unknown,
): () => string | undefined {
  const registered = new Map<string, number>();
  const end = watch(adapter, (method, path) => {
    if (method !== 'get' && method !== 'all') return;
    registered.set(path, (registered.get(path) ?? 0) + 1);
    if (registered.get(path) === 1) return;
    for (const [name, ownPath] of Object.entries(paths) as [RouteName, string | undefined][]) {
      if (ownPath === undefined || !path.endsWith(canonicalPath(ownPath))) continue;
      const rivals = controllers
        .mappedMethods(own)
        .filter((mapped) => mapped.path === canonicalPath(ownPath));
      if (rivals.length > 0) throw conflict(name, method, path, rivals);
    }
  });
  return () => {
    end();
    const { live } = paths;
    return [...registered.keys()].find(
      (path) => live !== undefined && path.endsWith(canonicalPath(live)),
    );
  };
}

function watch(
  adapter: AbstractHttpAdapter,
  onRoute: (method: string, path: string) => void,
): () => void {
  const registers = adapter as unknown as Record<string, Register | undefined>;
  const own = { ...registers };
  const watched = REGISTERS.filter((method) => typeof registers[method] === 'function');
  for (const method of watched) {
    const register = registers[method] as Register;
    registers[method] = (...values) => {
      const [path] = values;
      if (typeof path === 'string') onRoute(method, canonicalPath(path));
      return register.apply(adapter, values);
    };
  }
  return () => {
    for (const method of watched) {
      if (own[method] === undefined) delete registers[method];
      else registers[method] = own[method];
    }
  };
}

/** A route ends with what its controller and method say. One that says nothing could be any, so it is named last. */
function ownersOf(path: string, mapped: readonly MappedMethod[]): readonly MappedMethod[] {
  const owners = mapped.filter((method) => method.path !== '/' && path.endsWith(method.path));
  return owners.length > 0 ? owners : mapped.filter((method) => method.path === '/');
}

function conflict(
  name: RouteName,
  method: string,
  path: string,
  owners: readonly MappedMethod[],
): Error {
  const who = [...new Set(owners.map(({ owner }) => owner))].join(', ');
  return new Error(
    `${who} maps ${method.toUpperCase()} ${path}, which ObservabilityModule answers. Give one of them another path; ` +
      `the option routes.${name} takes a path, or false`,
  );
}
