import { ApplicationConfig } from '@nestjs/core';
import { Observable } from 'rxjs';
import type { SentryService } from '../sentry/sentry.service.js';

/** What NestJS 12 calls around all that it does for a message, guards included; 11 has nothing of the kind. */
type PreRequestHook = (context: unknown, next: () => Observable<unknown>) => Observable<unknown>;

interface HookedConfig {
  readonly registerPreRequestHook?: (hook: PreRequestHook) => void;
}

interface MessageHandler {
  readonly callback: (...args: unknown[]) => unknown;
}

/** What binds the messages of a client of WebSockets to their handlers. */
interface MessageBinder {
  bindMessageHandlers(client: unknown, handlers: MessageHandler[], ...more: unknown[]): unknown;
}

/**
 * Makes each message of a gateway a piece of work of its own, before its guards run, and on NestJS 12 with Sentry on at
 * boot that of a microservice, too: what guards tell Sentry of a user is not on the events of the next message.
 */
export class MessageIsolation {
  readonly #undo: (() => void)[] = [];
  readonly #bound = new WeakSet<object>();
  #isOver = false;

  constructor(
    private readonly config: ApplicationConfig,
    private readonly sentry: SentryService,
  ) {}

  /** Begins; called before anything is bound to a handler. */
  start(): void {
    this.#isolateMicroservices();
    this.#isolateGateways();
  }

  /** Takes back what it has put in place. */
  stop(): void {
    this.#isOver = true;
    for (const undo of this.#undo.splice(0)) undo();
  }

  #isolateMicroservices(): void {
    // With a hook NestJS answers by observables, so there is none where there is nothing to isolate.
    if (!this.sentry.enabled) return;
    const config: HookedConfig = this.config;
    config.registerPreRequestHook?.((_context, next) => {
      if (this.#isOver) return next();
      return new Observable((subscriber) =>
        this.sentry.isolate(() => next().subscribe(subscriber)),
      );
    });
  }

  /** NestJS asks for the adapter when it is needed, and an application may set it until then. */
  #isolateGateways(): void {
    const { config } = this;
    config.getIoAdapter = () => {
      const adapter: unknown = ApplicationConfig.prototype.getIoAdapter.call(config);
      if (isMessageBinder(adapter)) this.#isolateBound(adapter);
      return adapter as ReturnType<ApplicationConfig['getIoAdapter']>;
    };
    this.#undo.push(() => Reflect.deleteProperty(config, 'getIoAdapter'));
  }

  #isolateBound(adapter: MessageBinder): void {
    if (this.#bound.has(adapter) || Object.hasOwn(adapter, 'bindMessageHandlers')) return;
    this.#bound.add(adapter);
    const bind = adapter.bindMessageHandlers.bind(adapter);
    adapter.bindMessageHandlers = (client, handlers, ...more) =>
      bind(
        client,
        handlers.map((handler) => this.#isolated(handler)),
        ...more,
      );
    this.#undo.push(() => Reflect.deleteProperty(adapter, 'bindMessageHandlers'));
  }

  #isolated(handler: MessageHandler): MessageHandler {
    const callback = (...args: unknown[]): unknown =>
      this.sentry.isolate(() => handler.callback(...args));
    return { ...handler, callback };
  }
}

function isMessageBinder(adapter: unknown): adapter is MessageBinder {
  return typeof (adapter as Partial<MessageBinder> | undefined)?.bindMessageHandlers === 'function';
}
