import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { KeptScope, type ScopeData } from '../kept-scope.js';

interface Scopes {
  /** What holds for the request, the job or the message. */
  readonly isolation: KeptScope;
  /** What holds inside of `within`. */
  readonly current: KeptScope;
}

/** Node publishes it before a server hears of a request, in the course of events that belongs to the request. */
const REQUEST_STARTS = 'http.server.request.start';

/** Keeps apart what is told in one request, job or message from what is told in another, as the SDK does, without it. */
export class RecordedScopes {
  readonly #outside: Scopes = { isolation: new KeptScope(), current: new KeptScope() };
  readonly #inside = new AsyncLocalStorage<Scopes>();
  readonly #requestStarts = (): void =>
    this.#inside.enterWith({ isolation: new KeptScope(), current: new KeptScope() });

  /** Begins to tell requests apart. */
  start(): void {
    subscribe(REQUEST_STARTS, this.#requestStarts);
  }

  /** Ends it. */
  stop(): void {
    unsubscribe(REQUEST_STARTS, this.#requestStarts);
  }

  /** The scope of the request, the job or the message; outside of any, the one that holds for all. */
  get isolation(): KeptScope {
    return this.#now.isolation;
  }

  /** Whether it is outside of any request, job or message. */
  get isOutside(): boolean {
    return this.#now.isolation === this.#outside.isolation;
  }

  /** What is known now; the later goes before. */
  get known(): readonly ScopeData[] {
    const { isolation, current } = this.#now;
    const outside = this.#outside.isolation;
    const scopes = isolation === outside ? [outside, current] : [outside, isolation, current];
    return scopes.map(({ data }) => data);
  }

  /** Runs a function with a scope that holds until it is done. */
  within<T>(run: (scope: KeptScope) => T): T {
    const { isolation, current } = this.#now;
    const scope = new KeptScope(current.data);
    return this.#inside.run({ isolation, current: scope }, () => run(scope));
  }

  /** Runs a function as a piece of work of its own, which begins with what is known. */
  isolate<T>(run: () => T): T {
    const { isolation, current } = this.#now;
    const own = isolation === this.#outside.isolation ? undefined : isolation.data;
    const scopes = { isolation: new KeptScope(own), current: new KeptScope(current.data) };
    return this.#inside.run(scopes, run);
  }

  get #now(): Scopes {
    return this.#inside.getStore() ?? this.#outside;
  }
}
