import { Injectable, type ArgumentsHost } from '@nestjs/common';
import {
  ApplicationConfig,
  BaseExceptionFilter,
  HttpAdapterHost,
  MetadataScanner,
  ModulesContainer,
} from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { exchangeOf, isHandledBy } from '../endpoints/http-exchange.js';
import { classNamesOf } from '../sentry/expected-error.js';
import { watchMethod, type MethodWatcher } from '../sentry/watched-method.js';
import { ReportingFilter } from './unhandled-errors.filter.js';
import { UnhandledErrors } from './unhandled-errors.js';

// Where NestJS keeps what the decorators say.
const FILTERS = '__exceptionFilters__';
const GATEWAY = 'websockets:is_gateway';

/** The classes of NestJS that filters extend; they are everybody's, and nothing in them is replaced. */
const OF_NEST: readonly string[] = ['BaseRpcExceptionFilter', 'BaseWsExceptionFilter'];

/** Finds the filters of one application, so that what they catch is reported before they do. */
@Injectable()
export class FilterExplorer {
  readonly #scanner = new MetadataScanner();
  readonly #undo = new Set<() => void>();
  readonly #seen = new WeakSet<object>();
  /** Filters that the container of this application has made. */
  readonly #made = new WeakSet<object>();
  readonly #watcher = this.#watcherThat(() => true);
  /** That of `@sentry/nestjs` sends what the SDK cannot mark as sent, whoever has sent it before. */
  readonly #watcherOfOfficial = this.#watcherThat(isMarkable);

  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
    private readonly http: HttpAdapterHost,
    private readonly errors: UnhandledErrors,
  ) {}

  /** Whether the application has a gateway of WebSockets. */
  get hasGateways(): boolean {
    return this.#gateways().length > 0;
  }

  /**
   * Puts a filter behind all others, and watches these from now on. Called before anything is bound to a filter, which
   * for gateways and for handlers of messages is before the application is initialised.
   */
  start(last: ReportingFilter): void {
    this.config.addGlobalFilter(last);
    // Without an answer of its own it would leave whoever sent a message without one.
    if (last.answersMessages)
      for (const gateway of this.#gateways()) this.#putBehind(last, gateway);
    this.#watchGlobalFilters();
    this.explore();
  }

  /** Watches the filters that have come to be since it was called before. */
  explore(): void {
    for (const { providers, controllers, injectables } of this.modules.values()) {
      for (const wrapper of [...providers.values(), ...controllers.values()]) {
        for (const filter of this.#declaredFor(classOf(wrapper))) this.#watch(filter);
      }
      for (const wrapper of injectables.values()) this.#watchMade(wrapper);
    }
  }

  /** Takes back what it has put in place. */
  stop(): void {
    for (const undo of this.#undo) undo();
    this.#undo.clear();
  }

  #watcherThat(reports: (error: unknown) => boolean): MethodWatcher {
    return {
      owns: (self, [, host]) => this.#owns(self, host as ArgumentsHost),
      around: (call, [error, host]) => {
        if (reports(error)) this.errors.report(error, host as ArgumentsHost);
        return call();
      },
    };
  }

  #owns(self: unknown, host: ArgumentsHost): boolean | undefined {
    try {
      const exchange = exchangeOf(host);
      const owns = exchange && isHandledBy(this.http.httpAdapter, exchange);
      return owns ?? (this.#made.has(self as object) ? true : undefined);
    } catch {
      return undefined;
    }
  }

  /** A gateway has no global filters. */
  #putBehind(last: ReportingFilter, gateway: object): void {
    const own = Reflect.getOwnMetadata(FILTERS, gateway) as unknown[] | undefined;
    const filters = (Reflect.getMetadata(FILTERS, gateway) ?? []) as unknown[];
    // Behind it stand those of other applications in the process, as the class is theirs, too.
    const others = filters.filter((filter) => filter instanceof ReportingFilter);
    const users = filters.filter((filter) => !(filter instanceof ReportingFilter));
    Reflect.defineMetadata(FILTERS, [...others, last, ...users], gateway);
    this.#undo.add(() => {
      const left = ((Reflect.getOwnMetadata(FILTERS, gateway) ?? []) as unknown[]).filter(
        (filter) => filter !== last,
      );
      if (own === undefined && !left.some((filter) => filter instanceof ReportingFilter)) {
        Reflect.deleteMetadata(FILTERS, gateway);
      } else Reflect.defineMetadata(FILTERS, left, gateway);
    });
  }

  /** They may be registered until something is bound to them, which is when NestJS asks for them. */
  #watchGlobalFilters(): void {
    const { config } = this;
    config.getGlobalFilters = () => {
      const filters = ApplicationConfig.prototype.getGlobalFilters.call(config);
      for (const filter of filters) this.#watch(filter);
      return filters;
    };
    config.getGlobalRequestFilters = () => {
      const wrappers = ApplicationConfig.prototype.getGlobalRequestFilters.call(config);
      for (const { metatype } of wrappers) this.#watch(metatype);
      return wrappers;
    };
    this.#undo.add(() => {
      Reflect.deleteProperty(config, 'getGlobalFilters');
      Reflect.deleteProperty(config, 'getGlobalRequestFilters');
    });
  }

  /** @param filter an instance, or a class whose instances may not have been made yet. */
  #watch(filter: unknown): void {
    if (filter instanceof ReportingFilter) return;
    const isClass = typeof filter === 'function';
    const target: unknown = isClass ? Reflect.get(filter, 'prototype') : filter;
    if (typeof target !== 'object' || target === null || this.#seen.has(target)) return;
    this.#seen.add(target);
    if (isClass && isOfNest(filter)) return;
    const watcher = isOfficial(target) ? this.#watcherOfOfficial : this.#watcher;
    const undo = watchMethod(target, 'catch', watcher);
    if (undo !== undefined) this.#undo.add(undo);
  }

  #watchMade(wrapper: InstanceWrapper): void {
    const metatype = classOf(wrapper);
    if (wrapper.subtype !== 'filter' || metatype === undefined) return;
    const { instance, isResolved } = wrapper.getInstanceByContextId(STATIC_CONTEXT);
    if (!isResolved || typeof instance !== 'object' || instance === null) return;
    this.#made.add(instance);
    // All others are watched by their class.
    if (Object.hasOwn(instance, 'catch') || isOfNest(metatype)) this.#watch(instance);
  }

  *#declaredFor(target: object | undefined): Iterable<unknown> {
    if (target === undefined) return;
    yield* filtersOf(target);
    const prototype: unknown = Reflect.get(target, 'prototype');
    if (typeof prototype !== 'object' || prototype === null) return;
    for (const name of this.#scanner.getAllMethodNames(prototype)) {
      yield* filtersOf(Reflect.get(prototype, name));
    }
  }

  #gateways(): object[] {
    return [...this.modules.values()]
      .flatMap(({ providers }) => [...providers.values()].map(classOf))
      .filter((metatype) => metatype !== undefined)
      .filter((metatype) => Reflect.hasMetadata(GATEWAY, metatype));
  }
}

function classOf({ metatype, isNotMetatype }: InstanceWrapper): object | undefined {
  return typeof metatype === 'function' && !isNotMetatype ? metatype : undefined;
}

/** What `@UseFilters` has left on a class or a method. */
function filtersOf(target: unknown): unknown[] {
  if (typeof target !== 'function') return [];
  const filters: unknown = Reflect.getMetadata(FILTERS, target);
  return Array.isArray(filters) ? filters : [];
}

function isOfNest(metatype: object): boolean {
  return metatype === BaseExceptionFilter || OF_NEST.includes(Reflect.get(metatype, 'name'));
}

function isOfficial(filter: object): boolean {
  try {
    return classNamesOf(filter).includes('SentryGlobalFilter');
  } catch {
    return false;
  }
}

/** Whether the SDK can leave a mark on an error, by which it knows that it has sent it. */
function isMarkable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Object.isExtensible(error);
}
