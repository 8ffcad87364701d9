import { toPlainJson } from '../plain-json.js';
import { severity } from './capture-input.js';
import type { SdkScope } from './sentry-client.js';
import type { SentryBreadcrumb, SentryLevel, SentryScope } from './sentry.types.js';

/** A scope of the SDK that takes any value: what it keeps is a plain copy, cleaned of secrets, and no call throws. */
export class GuardedScope implements SentryScope {
  /** @param scope finds it at each call; `undefined`: nothing is kept. */
  constructor(
    private readonly scope: () => SdkScope | undefined,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Says on whose behalf something is done. */
  setUser(user: object | null): void {
    this.#change((scope) => scope.setUser(recordOf(user)));
  }

  /** Adds a tag, which Sentry can search for. */
  setTag(key: string, value: string | number | boolean | null | undefined): void {
    this.#change((scope) => scope.setTag(String(key), tagValue(value)));
  }

  /** Adds what helps to understand an event. */
  setContext(name: string, context: object | null): void {
    this.#change((scope) => scope.setContext(String(name), recordOf(context)));
  }

  /** Adds a step on the way to an event. */
  addBreadcrumb(breadcrumb: SentryBreadcrumb): void {
    this.#change((scope) => {
      const { level, ...step } = recordOf(breadcrumb) ?? {};
      const known = severity(level);
      scope.addBreadcrumb(known === undefined ? step : { ...step, level: known });
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

  #change(change: (scope: SdkScope) => void): void {
    try {
      const scope = this.scope();
      if (scope !== undefined) change(scope);
    } catch (error) {
      this.failed(error);
    }
  }
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
