import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { Draining, type DrainingSteps, type DrainTimes } from './draining.js';

/** What is known of the end of one application, whoever brings it about. */
export class Shutdown {
  readonly #logger = new Logger('Observability');
  readonly #draining: Draining;
  readonly #ended: Promise<void>;
  #resolveEnded: () => void = () => {};
  #ownTimes: DrainTimes | undefined;
  #closing = false;
  #canListen = false;
  #hasListened = false;

  constructor(
    steps: DrainingSteps,
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
    const nobody = { drainMs: 0, finishMs: 0 };
    await this.#draining.begin(this.listens ? (this.#ownTimes ?? nobody) : nobody);
  }

  /** NestJS has destroyed all providers, after a signal if one is named. */
  destroyed(signal: string | undefined): void {
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
}
