import { labelText, MAX_LABEL_LENGTH, ownCopy } from './label-value.js';

/** One series of a metric. */
export interface Series {
  /** Where it stands among the others; below 0 once it is removed. */
  index: number;
}

/** What holds for the series of one metric. */
export interface SeriesRules<S extends Series> {
  readonly labelNames: readonly string[];
  /** How many there may be, beside the one for what comes beyond. */
  readonly max: number;
  /** Makes the series of these values of the labels. */
  readonly make: (values: readonly string[]) => S;
  /** Is told of each recording that is counted in the series for what comes beyond. */
  readonly diverted: () => void;
  /** Is told of labels that the metric does not have, or that cannot be read. */
  readonly refused: () => void;
}

/** Labels as a caller hands them in. */
type Labels = Readonly<Record<string, unknown>>;

/** What every label of the series for what comes beyond says. */
export const OVERFLOW = '__overflow__';

/** No value of a label is ever this, as it is cleaned of it. */
const NO_KEY = '\u0000';

/**
 * Finds the series of a label set, and makes it where there is room.
 *
 * It is a tree with a level for each label, so that no key is ever made by joining texts: two label sets never meet in
 * one series, and looking one up makes nothing.
 */
export class SeriesTable<S extends Series> {
  readonly #rules: SeriesRules<S>;
  readonly #none: readonly string[];
  readonly #names: readonly string[];
  /** Whether an object has a label without saying anything: one called `constructor`, for instance. */
  readonly #mayInherit: boolean;
  #top: Branch<S> | S | undefined;
  #all: S[] = [];
  #bare: S | undefined;
  #overflow: S | undefined;

  constructor(rules: SeriesRules<S>) {
    this.#rules = rules;
    this.#names = rules.labelNames;
    this.#mayInherit = rules.labelNames.some((name) => name in Object.prototype);
    this.#none = rules.labelNames.map(() => '');
  }

  /** The series of these labels; `undefined` where they are refused. */
  at(labels: Labels): S | undefined {
    try {
      const names = this.#names;
      let node = this.#top;
      let level = 0;
      // The fastest way of reading them is that of the object itself, and most callers write them in order.
      for (const name in labels) {
        if (name !== names[level]) return this.#search(labels);
        if (node !== undefined) node = (node as Branch<S>).get(keyOf(labels[name]));
        level += 1;
      }
      if (level < names.length) return this.#search(labels);
      return (node as S | undefined) ?? this.#admitNew(labels);
    } catch {
      this.#rules.refused();
      return undefined;
    }
  }

  /** The series without labels. */
  bare(): S | undefined {
    const bare = this.#bare;
    if (bare !== undefined && bare.index >= 0) return bare;
    const made = this.admit(this.#none);
    this.#bare = made === this.#overflow ? undefined : made;
    return made;
  }

  /** The values of these labels, in order, as they were handed in; `undefined` where they are refused. */
  read(labels: Labels): unknown[] | undefined {
    try {
      return this.#valuesIn(labels);
    } catch {
      this.#rules.refused();
      return undefined;
    }
  }

  /** The series of these values, if it is there. */
  find(values: readonly unknown[]): S | undefined {
    let node = this.#top;
    for (const value of values) {
      if (node === undefined) return undefined;
      node = (node as Branch<S>).get(keyOf(value));
    }
    return node as S | undefined;
  }

  /**
   * The series of these values, found or made; where there is no room for another, the one for what comes beyond.
   *
   * @throws what a value throws when it is asked for its text.
   */
  admit(values: readonly unknown[]): S {
    const texts = values.map(labelText);
    const { found, branch, level } = this.#descend(texts);
    if (found !== undefined) return found;
    const isFull = this.#all.length - (this.#overflow === undefined ? 0 : 1) >= this.#rules.max;
    if (!isFull) return this.#grow(texts, branch, level);
    this.#rules.diverted();
    return (this.#overflow ??= this.#makeOverflow());
  }

  /** Whether a series is the one for what comes beyond. */
  isOverflow(series: S): boolean {
    return series === this.#overflow;
  }

  /** Removes the series of these values. @throws what a value throws when it is asked for its text. */
  remove(values: readonly unknown[]): void {
    const texts = values.map(labelText);
    const series = this.find(texts);
    if (series === undefined) return;
    this.#top = without(this.#top, texts, 0);
    const last = this.#all.pop();
    if (last !== undefined && last !== series) {
      this.#all[series.index] = last;
      last.index = series.index;
    }
    series.index = -1;
    if (series === this.#overflow) this.#overflow = undefined;
  }

  /** Removes all. */
  clear(): void {
    for (const series of this.#all) series.index = -1;
    this.#all = [];
    this.#top = undefined;
    this.#overflow = undefined;
  }

  /** Those that are there now, as a list of its own. */
  all(): readonly S[] {
    return this.#all.slice();
  }

  /** Those that are there now with their labels, those that say nothing left out. */
  *labelled(): Generator<[labels: Record<string, string>, series: S]> {
    for (const [values, series] of walk(this.#top, [])) {
      const pairs = this.#names.map((name, i) => [name, values[i] ?? ''] as const);
      yield [Object.fromEntries(pairs.filter(([, value]) => value !== '')), series];
    }
  }

  /** Apart from the lookup, as a function made there would make each lookup slower. */
  #admitNew(labels: Labels): S {
    return this.admit(this.#names.map((name) => labels[name]));
  }

  /** In any order, or with some of them missing. */
  #search(labels: Labels): S {
    const values = this.#valuesIn(labels);
    return this.find(values) ?? this.admit(values);
  }

  /** How far down the tree has these values: to their series, or to the branch that lacks the value of a level. */
  #descend(texts: readonly string[]): Descent<S> {
    let branch: Branch<S> | undefined;
    let node = this.#top;
    let level = -1;
    while (node !== undefined && level + 1 < texts.length) {
      level += 1;
      branch = node as Branch<S>;
      node = branch.get(texts[level] as string);
    }
    return { found: node as S | undefined, branch, level: Math.max(level, 0) };
  }

  /** Makes the series, and the branches that lead to it from a level on. */
  #grow(texts: string[], from: Branch<S> | undefined, level: number): S {
    const last = texts.length - 1;
    for (let i = level; i <= last; i += 1) texts[i] = ownCopy(texts[i] as string);
    const series = this.#rules.make(texts);
    series.index = this.#all.length;
    this.#all.push(series);
    if (last < 0) {
      this.#top = series;
      return series;
    }
    let branch = from ?? new Branch<S>();
    if (from === undefined) this.#top = branch;
    for (let i = level; i < last; i += 1) {
      const next = new Branch<S>();
      branch.set(texts[i] as string, next);
      branch = next;
    }
    branch.set(texts[last] as string, series);
    return series;
  }

  #makeOverflow(): S {
    const texts = this.#names.map(() => OVERFLOW);
    const { found, branch, level } = this.#descend(texts);
    return found ?? this.#grow(texts, branch, level);
  }

  #valuesIn(labels: Labels): unknown[] {
    this.#assertKnown(labels);
    const isSaid = (name: string): boolean => !this.#mayInherit || Object.hasOwn(labels, name);
    return this.#names.map((name) => (isSaid(name) ? labels[name] : undefined));
  }

  #assertKnown(labels: Labels): void {
    for (const name in labels) {
      if (!this.#names.includes(name)) throw new TypeError('no such label');
    }
  }
}

/** What a value is looked up by before it is cleaned: most need no cleaning. */
function keyOf(value: unknown): string {
  if (typeof value === 'string') return value.length <= MAX_LABEL_LENGTH ? value : NO_KEY;
  if (typeof value === 'number') return String(value);
  return value === undefined || value === null ? '' : NO_KEY;
}

/** A node of the tree: by one value of a label, or by several. */
class Branch<S> {
  // Most branches have but one child where the label before is unique, and a Map for each is ten times as large.
  private key: string | undefined;
  private child: Branch<S> | S | undefined;
  private more: Map<string, Branch<S> | S> | undefined;

  get(key: string): Branch<S> | S | undefined {
    if (this.more !== undefined) return this.more.get(key);
    return key === this.key ? this.child : undefined;
  }

  set(key: string, child: Branch<S> | S): void {
    if (this.more !== undefined) {
      this.more.set(key, child);
    } else if (this.key === undefined || this.key === key) {
      this.key = key;
      this.child = child;
    } else {
      this.more = new Map([
        [this.key, this.child as Branch<S> | S],
        [key, child],
      ]);
      this.child = undefined;
    }
  }

  /** @returns whether nothing is left. */
  delete(key: string): boolean {
    if (this.more !== undefined) {
      this.more.delete(key);
      return this.more.size === 0;
    }
    return key === this.key;
  }

  children(): Iterable<[string, Branch<S> | S]> {
    if (this.more !== undefined) return this.more;
    return this.key === undefined || this.child === undefined ? [] : [[this.key, this.child]];
  }
}

type Node<S> = Branch<S> | S | undefined;

/** Where a way down the tree has ended. */
interface Descent<S> {
  readonly found: S | undefined;
  readonly branch: Branch<S> | undefined;
  readonly level: number;
}

/** Branches that lead nowhere go as well, as others come with every new label set. */
function without<S>(node: Node<S>, texts: readonly string[], level: number): Node<S> {
  const text = texts[level];
  if (text === undefined || !(node instanceof Branch)) return undefined;
  const child = without<S>(node.get(text), texts, level + 1);
  if (child !== undefined) return node;
  return node.delete(text) ? undefined : node;
}

function* walk<S>(
  node: Node<S>,
  path: readonly string[],
): Generator<[values: readonly string[], series: S]> {
  if (node === undefined) return;
  if (!(node instanceof Branch)) {
    yield [path, node];
    return;
  }
  for (const [key, child] of node.children()) yield* walk(child as Node<S>, [...path, key]);
}
