/** Where what is known of what is captured is kept: the SDK's scopes are such, and {@link KeptScope}. */
export interface ScopeKeeper {
  setUser(user: object | null): unknown;
  setTag(key: string, value: unknown): unknown;
  setContext(name: string, context: object | null): unknown;
  setLevel(level: string): unknown;
  setFingerprint(fingerprint: string[]): unknown;
  addBreadcrumb(breadcrumb: object, most?: number): unknown;
}

/** What a {@link KeptScope} knows. None of it is changed later. */
export interface ScopeData {
  readonly user: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly contexts: Readonly<Record<string, object>>;
  readonly breadcrumbs: readonly object[];
  readonly level: string | undefined;
  readonly fingerprint: readonly string[] | undefined;
}

/** How many breadcrumbs are kept where nobody says otherwise: the SDK's own number. */
export const MOST_BREADCRUMBS = 100;

const NOTHING: ScopeData = {
  user: {},
  tags: {},
  contexts: {},
  breadcrumbs: [],
  level: undefined,
  fingerprint: undefined,
};

/** A scope that needs no SDK. What it knows at one moment can be held on to at no cost: each change makes it anew. */
export class KeptScope implements ScopeKeeper {
  #data: ScopeData;

  constructor(data: ScopeData = NOTHING) {
    this.#data = data;
  }

  /** What is known now. */
  get data(): ScopeData {
    return this.#data;
  }

  /** Says on whose behalf something is done. */
  setUser(user: object | null): void {
    this.#data = { ...this.#data, user: { ...user } };
  }

  /** Adds a tag. */
  setTag(key: string, value: unknown): void {
    this.#data = { ...this.#data, tags: { ...this.#data.tags, [key]: value } };
  }

  /** Adds a context; `null` takes it away. */
  setContext(name: string, context: object | null): void {
    const { [name]: _, ...others } = this.#data.contexts;
    const contexts = context === null ? others : { ...others, [name]: context };
    this.#data = { ...this.#data, contexts };
  }

  /** The level of what is captured. */
  setLevel(level: string): void {
    this.#data = { ...this.#data, level };
  }

  /** Events with the same one are one issue. */
  setFingerprint(fingerprint: readonly string[]): void {
    this.#data = { ...this.#data, fingerprint: [...fingerprint] };
  }

  /** Adds a step, and forgets the oldest where there are too many. */
  addBreadcrumb(breadcrumb: object, most: number = MOST_BREADCRUMBS): void {
    const breadcrumbs = latest([...this.#data.breadcrumbs, breadcrumb], most);
    this.#data = { ...this.#data, breadcrumbs };
  }

  /** Forgets all. */
  clear(): void {
    this.#data = NOTHING;
  }
}

/** The last few of a list. */
export function latest<T>(list: readonly T[], most: number): readonly T[] {
  return list.slice(Math.max(0, list.length - Math.max(0, most)));
}
