import {
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

// NestJS calls the hooks of modules in the order of their distance from the root module, the farthest first at start-up
// and last at shutdown. Global modules count as far away, those that come first before the others.

/** Is told last of all that the application has bootstrapped, and first of all that it closes. */
@Injectable()
export class InnerEdge
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  /** Set by whoever wants to know; called after every other module's `onApplicationBootstrap`. */
  bootstrapped: () => void = () => {};

  /** Set by whoever wants to know; every other module's `onModuleDestroy` waits for it. */
  closing: () => void | Promise<void> = () => {};

  /** Set by whoever wants to know; called after every `onModuleDestroy`, with the signal if there was one. */
  destroyed: (signal: string | undefined) => void = () => {};

  /** Called by NestJS. */
  onApplicationBootstrap(): void {
    this.bootstrapped();
  }

  /** Called by NestJS. */
  async onModuleDestroy(): Promise<void> {
    await this.closing();
  }

  /** Called by NestJS. */
  beforeApplicationShutdown(signal?: string): void {
    this.destroyed(signal);
  }
}

/** Is told first of all that the application starts, and last of all that it has closed. */
@Injectable()
export class OuterEdge implements OnModuleInit, OnApplicationShutdown {
  /** Set by whoever wants to know; every other module's `onModuleInit` waits for it. */
  starting: () => void | Promise<void> = () => {};

  /** Set by whoever wants to know; called after every other module's `onApplicationShutdown`. */
  closed: () => void | Promise<void> = () => {};

  /** Called by NestJS. */
  async onModuleInit(): Promise<void> {
    await this.starting();
  }

  /** Called by NestJS. */
  async onApplicationShutdown(): Promise<void> {
    await this.closed();
  }
}

/** Provides {@link InnerEdge}, nearer than the root. */
@Module({ providers: [InnerEdge], exports: [InnerEdge] })
export class InnerEdgeModule {
  constructor(modules: ModulesContainer) {
    place(InnerEdgeModule, -1, modules);
  }
}

/** Provides {@link OuterEdge}, farther than all global modules. */
@Module({ providers: [OuterEdge], exports: [OuterEdge] })
export class OuterEdgeModule {
  constructor(modules: ModulesContainer) {
    place(OuterEdgeModule, Number.POSITIVE_INFINITY, modules);
  }
}

function place(metatype: Type, distance: number, modules: ModulesContainer): void {
  for (const module of modules.values()) {
    if (module.metatype === metatype) module.distance = distance;
  }
}
