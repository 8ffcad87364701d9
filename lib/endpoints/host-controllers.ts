import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { canonicalPath } from './route-path.js';

/** A method of a controller of the application, and a path that it maps. */
export interface MappedMethod {
  /** Who it is to people: `StatusModule / StatusController.check`. */
  readonly owner: string;
  /** Of the controller and of the method, without what prefix and version add. */
  readonly path: string;
  /** Whether it is what `@willsoto/nestjs-prometheus` brings, or a class made from it. */
  readonly isWillsoto: boolean;
}

/** Where NestJS keeps the path of a controller, and of a method. */
const PATH = 'path';

/** Finds the controllers of the application. */
@Injectable()
export class HostControllers {
  constructor(private readonly modules: ModulesContainer) {}

  /** The methods of all controllers, but for one, that map a path. */
  mappedMethods(except?: unknown): MappedMethod[] {
    return [...this.modules.values()].flatMap((module) =>
      [...module.controllers.values()]
        .map(({ metatype }) => metatype)
        .filter((type): type is NewableFunction => typeof type === 'function' && type !== except)
        .flatMap((type) => methodsOf(type, module.name)),
    );
  }
}

function methodsOf(controller: NewableFunction, module: string): MappedMethod[] {
  const bases = pathsOf(controller);
  const isWillsoto = lineage(controller).includes('PrometheusController');
  return methodNames(controller).flatMap((key) => {
    const owner = `${module} / ${controller.name}.${key}`;
    const handler: unknown = Reflect.get(controller.prototype as object, key);
    return bases.flatMap((base) =>
      pathsOf(handler).map((path) => ({ owner, path: joined(base, path), isWillsoto })),
    );
  });
}

/** Of the class and of what it is made from. It triggers no getter. */
function methodNames(controller: NewableFunction): string[] {
  const names = new Set<string>();
  for (
    let prototype = controller.prototype as object | null;
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function') names.add(name);
    }
  }
  return [...names];
}

function lineage(controller: NewableFunction): string[] {
  const names: string[] = [];
  for (
    let type = controller as object | null;
    typeof type === 'function';
    type = Object.getPrototypeOf(type) as object | null
  ) {
    names.push(type.name);
  }
  return names;
}

function pathsOf(target: unknown): string[] {
  if (typeof target !== 'function') return [];
  const paths: unknown = Reflect.getMetadata(PATH, target);
  return [paths].flat().filter((path): path is string => typeof path === 'string');
}

function joined(...parts: readonly string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return canonicalPath(`/${segments.join('/')}`);
}
