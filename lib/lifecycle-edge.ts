import {
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** Is told last of all that the application has bootstrapped, and first of all that it closes. */
@Injectable()
export class LifecycleEdge implements OnApplicationBootstrap, OnModuleDestroy {
  /** Set by whoever wants to know; called after every other module's `onApplicationBootstrap`. */
  bootstrapped: () => void = () => {};

  /** Set by whoever wants to know; called before every other module's `onModuleDestroy`. */
  closing: () => void = () => {};

  /** Called by NestJS. */
  onApplicationBootstrap(): void {
    this.bootstrapped();
  }

  /** Called by NestJS. */
  onModuleDestroy(): void {
    this.closing();
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
