import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { MeasuredClasses } from './measured-classes.js';
import { measurementsOf } from './method-measurement.js';
import { MetricsRegistry } from './metrics.registry.js';

/**
 * Finds the instances with decorated methods that NestJS has not made itself, those of `useFactory` and `useValue`, and
 * the metrics of classes that have no instance yet.
 *
 * It reads prototypes and what the decorators have left there; it triggers no getter.
 */
@Injectable()
export class MeasuredMethodExplorer {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly classes: MeasuredClasses,
    metrics: MetricsRegistry,
  ) {
    classes.start(metrics);
  }

  /**
   * Looks through the whole DI graph once.
   *
   * @throws Error when a metric exists with another type, other labels or other buckets; it names the method.
   */
  explore(): void {
    for (const host of this.modules.values()) {
      for (const wrapper of host.providers.values()) this.#visit(wrapper);
      for (const wrapper of host.controllers.values()) this.#visit(wrapper);
    }
    this.classes.settle();
  }

  #visit(wrapper: InstanceWrapper): void {
    if (wrapper.isAlias) return;
    if (wrapper.isTransient || !wrapper.isDependencyTreeStatic()) {
      const prototype: unknown = wrapper.isFactory ? undefined : wrapper.metatype?.prototype;
      if (isMeasured(prototype)) this.classes.recordersOf(prototype);
      return;
    }
    const instance: unknown = wrapper.getInstanceByContextId(STATIC_CONTEXT).instance;
    if (isObject(instance) && isMeasured(prototypeOf(instance))) this.classes.measure(instance);
  }
}

/** A Proxy among the ancestors of a prototype may refuse to tell. */
function isMeasured(prototype: unknown): prototype is object {
  try {
    return isObject(prototype) && measurementsOf(prototype).length > 0;
  } catch {
    return false;
  }
}

/** The prototype of an instance; a Proxy may refuse to tell. */
function prototypeOf(instance: object): unknown {
  try {
    return Object.getPrototypeOf(instance);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
