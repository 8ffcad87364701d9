import { Injectable, RequestMethod, type Type } from '@nestjs/common';
import { ApplicationConfig, MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { Module } from '@nestjs/core/injector/module.js';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import { canonicalPath } from './route-path.js';

/** A route of a controller of the application. */
export interface HostRoute {
  readonly controller: Type;
  /** The name of its method. */
  readonly handler: string;
  /** Who it is to people: `StatusModule / StatusController.check`. */
  readonly owner: string;
  readonly method: RequestMethod;
  /** As NestJS mounts it, with prefix and version. */
  readonly place: string;
  /** The same in the form of `canonicalPath`. */
  readonly path: string;
}

// Where NestJS keeps what the decorators say; its `RouterModule` adds the id of the application to the last.
const PATH = 'path';
const METHOD = 'method';
const VERSION = '__version__';
const MODULE_PATH = '__module_path__';

type Version = string | symbol | (string | symbol)[] | undefined;

/** Finds the routes of the application's controllers, by the rules by which NestJS mounts them. */
@Injectable()
export class HostControllers {
  readonly #scanner = new MetadataScanner();
  readonly #paths: RoutePathFactory;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
  ) {
    this.#paths = new RoutePathFactory(config);
  }

  /** All routes, once the application has been told its prefix and its versioning. */
  routes(): HostRoute[] {
    return [...this.modules.values()].flatMap((module) =>
      [...module.controllers.values()]
        .map(({ metatype }) => metatype)
        .filter((metatype): metatype is Type<object> => typeof metatype === 'function')
        .flatMap((controller) => this.#routesOf(controller, module)),
    );
  }

  #routesOf(controller: Type<object>, module: Module): HostRoute[] {
    const prototype = controller.prototype as Record<string, object>;
    return this.#scanner
      .getAllMethodNames(prototype)
      .filter((name) => pathsOf(prototype[name]).length > 0)
      .flatMap((name) => {
        const handler = prototype[name] as object;
        const version = this.#versionOf(controller, handler);
        const method = (read(METHOD, handler) as RequestMethod | undefined) ?? RequestMethod.GET;
        return this.#pathsOf(controller, handler, module, version, method).map((place) => ({
          controller,
          handler: name,
          owner: `${module.name} / ${controller.name}.${name}`,
          method,
          place,
          path: canonicalPath(place),
        }));
      });
  }

  #pathsOf(
    controller: Type,
    handler: object,
    module: Module,
    version: Version,
    method: RequestMethod,
  ): string[] {
    const versioningOptions = this.config.getVersioning();
    const modulePath =
      read(MODULE_PATH + this.modules.applicationId, module.metatype) ??
      read(MODULE_PATH, module.metatype);
    const common = {
      globalPrefix: this.config.getGlobalPrefix(),
      ...(modulePath !== undefined && { modulePath: modulePath as string }),
      ...(version !== undefined && { methodVersion: version as string }),
      ...(versioningOptions !== undefined && { versioningOptions }),
    };
    return pathsOf(controller).flatMap((ctrlPath) =>
      pathsOf(handler).flatMap((methodPath) =>
        this.#paths.create({ ...common, ctrlPath, methodPath }, method),
      ),
    );
  }

  #versionOf(controller: Type, handler: object): Version {
    const versioning = this.config.getVersioning();
    if (versioning === undefined) return undefined;
    const version = read(VERSION, handler) ?? read(VERSION, controller);
    return (version ?? versioning.defaultVersion) as Version;
  }
}

function pathsOf(target: unknown): string[] {
  if (typeof target !== 'function') return [];
  return [(read(PATH, target) as string | string[] | undefined) ?? []].flat();
}

function read(key: string, target: object): unknown {
  return Reflect.getMetadata(key, target);
}
