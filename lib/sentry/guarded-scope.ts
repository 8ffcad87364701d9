import { toPlainJson } from '../plain-json.js';
import { shorten } from '../show-value.js';
import { severity } from './capture-input.js';
import { MOST_BREADCRUMBS, type ScopeKeeper } from './kept-scope.js';
import type { SentryBreadcrumb, SentryLevel, SentryScope } from './sentry.types.js';

/** What the client that a scope belongs to says of breadcrumbs. */
export interface BreadcrumbRules {
  readonly maxBreadcrumbs?: unknown;
  readonly beforeBreadcrumb?: unknown;
  readonly [option: string]: unknown;
}

/** A scope that takes any value: what it keeps is a plain copy, cleaned of secrets, and no call throws. */
export class GuardedScope implements SentryScope {
  /**
   * @param scope finds what keeps it at each call; `undefined`: nothing is kept.
   * @param rules is asked at each breadcrumb.
   */
  constructor(
    private readonly scope: () => ScopeKeeper | undefined,
    private readonly rules: () => BreadcrumbRules,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Says on whose behalf something is done. */
  setUser(user: object | null): void {
    this.#change((scope) => scope.setUser(recordOf(user)));
  }

  /** Adds a tag, which Sentry can search for. */
  setTag(key: string, value: string | number | boolean | null | undefined): void {
    this.#change((scope) => scope.setTag(nameOf(key), tagValue(value)));
  }

  /** Adds what helps to understand an event. */
  setContext(name: string, context: object | null): void {
    this.#change((scope) => scope.setContext(nameOf(name), recordOf(context)));
  }

  /** Adds a step on the way to an event. */
  addBreadcrumb(breadcrumb: SentryBreadcrumb): void {
    this.#change((scope) => {
      const { maxBreadcrumbs, beforeBreadcrumb } = this.rules();
      const most = typeof maxBreadcrumbs === 'number' ? maxBreadcrumbs : MOST_BREADCRUMBS;
      if (!(most > 0)) return;
      const step = stepOf(breadcrumb);
      const kept: unknown =
        typeof beforeBreadcrumb === 'function' ? beforeBreadcrumb(step, undefined) : step;
      if (typeof kept === 'object' && kept !== null) scope.addBreadcrumb(kept, most);
    });
  }

  /** The level of what is captured. */
  setLevel(level: SentryLevel): void {
    const known = severity(level);
    if (known !== undefined) this.#change((scope) => scope.setLevel(known));
  }

  /** Events with the same one are one issue. */
  setFingerprint(fingerprint: readonly string[]): void {
    this.#change((scope) => {
      const parts = toPlainJson(fingerprint);
      if (Array.isArray(parts)) scope.setFingerprint(parts.map(String));
    });
  }

  #change(change: (scope: ScopeKeeper) => void): void {
    try {
      const scope = this.scope();
      if (scope !== undefined) change(scope);
    } catch (error) {
      this.failed(error);
    }
  }
}

/** The time of a step is that of the call, and its level in the SDK's word. */
function stepOf(breadcrumb: SentryBreadcrumb): object {
  const { level, timestamp, ...step } = recordOf(breadcrumb) ?? {};
  const known = severity(level);
  return {
    timestamp: typeof timestamp === 'number' ? timestamp : Date.now() / 1_000,
    ...step,
    ...(known === undefined ? {} : { level: known }),
  };
}

/** Whoever writes no TypeScript can hand in anything. */
function nameOf(name: unknown): string {
  return shorten(String(name));
}

function recordOf(value: unknown): Record<string, unknown> | null {
  const plain = toPlainJson(value);
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain)
    ? (plain as Record<string, unknown>)
    : null;
}

function tagValue(value: unknown): unknown {
  return value === undefined ? undefined : toPlainJson(value);
}
