import {
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** Is told last of all that the application has bootstrapped, and first of all that it closes. */
@Injectable()
export class LifecycleEdge
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

/**
 * Provides {@link LifecycleEdge}.
 *
 * NestJS calls the hooks of modules in the order of their distance from the root module, the farthest first at
 * start-up and last at shutdown. Global modules count as farthest of all, so this one is apart from them, and nearer
 * than the root.
 */
@Module({ providers: [LifecycleEdge], exports: [LifecycleEdge] })
export class LifecycleEdgeModule {
  constructor(modules: ModulesContainer) {
    for (const module of modules.values()) {
      if (module.metatype === LifecycleEdgeModule) module.distance = -1;
    }
  }
}
