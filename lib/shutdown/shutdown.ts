import type { HttpAdapterHost } from '@nestjs/core';
import { systemClock } from '../clock.js';
import { SafeLogger } from '../tell.js';
import { Draining, NO_WAIT, type DrainingSteps, type DrainTimes } from './draining.js';

/** What still waits for an answer once every `onModuleDestroy` is over gets this long, in milliseconds. */
const CUT_AFTER_MS = 1_000;

/** What is done to the connections of an application that ends. */
export interface ShutdownSteps extends DrainingSteps {
  /** Ends all of them, whatever is under way. */
  readonly cut: () => void;
}

/** What is known of the end of one application, whoever brings it about. */
export class Shutdown {
  readonly #logger = new SafeLogger();
  readonly #draining: Draining;
  readonly #ended: Promise<void>;
  #resolveEnded: () => void = () => {};
  #ownTimes: DrainTimes | undefined;
  #closing = false;
  #canListen = false;
  #hasListened = false;
  #signalled = false;
  #destroyed = false;

  constructor(
    private readonly steps: ShutdownSteps,
    private readonly http: HttpAdapterHost,
  ) {
    this.#draining = new Draining(steps);
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /**
   * Somebody looks after signals.
   *
   * @param onClose what a close without a signal waits for.
   * @param canListen whether there is something to listen with where there is no HTTP, as a microservice has it.
   * @throws Error when somebody does so already.
   */
  enable(onClose: DrainTimes, canListen: boolean): void {
    if (this.isEnabled) {
      throw new Error('enableGracefulShutdown() has been called already; call it once');
    }
    this.#ownTimes = onClose;
    this.#canListen = canListen;
  }

  /** Whether somebody looks after signals. */
  get isEnabled(): boolean {
    return this.#ownTimes !== undefined;
  }

  /** Whether anybody can have sent a request. */
  get listens(): boolean {
    return this.http.httpAdapter === undefined ? this.#canListen : this.http.listening;
  }

  /** Readiness falls, and requests are answered for some time. */
  drain(times: DrainTimes): Promise<void> {
    return this.#draining.begin(times);
  }

  /** Ends what is waited for now. */
  skipWait(): void {
    this.#draining.skip();
  }

  /** Whether NestJS has been told to close the application. */
  get isClosing(): boolean {
    return this.#closing;
  }

  /** Resolves when the application has closed. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** NestJS closes the application, and waits for this before it destroys anything. */
  async closing(): Promise<void> {
    this.#closing = true;
    this.#hasListened = this.listens;
    await this.#draining.begin(this.listens ? (this.#ownTimes ?? NO_WAIT) : NO_WAIT);
  }

  /** The process is told to end. */
  signalled(): void {
    this.#signalled = true;
    this.#cutIfNeeded();
  }

  /** Every `onModuleDestroy` is over, after a signal if one is named. */
  destroyed(signal: string | undefined): void {
    this.#destroyed = true;
    this.#cutIfNeeded();
    if (signal === undefined || this.isEnabled || !this.#hasListened) return;
    this.#logger.warn(
      `${signal} has closed the application at once: requests that came before load balancers knew may have failed. ` +
        'enableGracefulShutdown(app) instead of app.enableShutdownHooks() answers them first',
    );
  }

  /** All is over. */
  end(): void {
    this.#resolveEnded();
  }

  /** A stream that never ends would keep the server from closing for ever. */
  #cutIfNeeded(): void {
    if (!this.#signalled || !this.#destroyed) return;
    systemClock.after(CUT_AFTER_MS, this.steps.cut, { background: true });
  }
}
