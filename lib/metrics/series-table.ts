import { Branch, takeOff, wayTo, type Place } from './label-tree.js';
import { labelText, MAX_LABEL_LENGTH, OwnCopies } from './label-value.js';

/** One series of a metric. */
export interface Series extends Place {
  /** `undefined` for what has been removed, lest whoever keeps it keep the others. */
  branch: Branch | undefined;
  /** Where it stands among the others; below 0 once it is removed. */
  index: number;
  /** Its labels as they are written in an exposition, once they have been. */
  written: string | undefined;
}

/** What holds for the series of one metric. */
export interface SeriesRules<S extends Series> {
  readonly labelNames: readonly string[];
  /** What each label says where nothing is said of it. */
  readonly fallbacks: readonly string[];
  /** How many there may be, beside the one for what comes beyond. */
  readonly max: number;
  /** Makes a series with nothing recorded, to hang there. */
  readonly make: (text: string, branch: Branch | undefined) => S;
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
  readonly #names: readonly string[];
  /** Whether an object has a label without saying anything: one called `constructor`, for instance. */
  readonly #mayInherit: boolean;
  readonly #copies = new OwnCopies();
  /** Without labels it is the one series. */
  #root: Place | undefined;
  #all: S[] = [];
  #bare: S | undefined;
  #overflow: S | undefined;

  constructor(rules: SeriesRules<S>) {
    this.#rules = rules;
    this.#names = rules.labelNames;
    this.#mayInherit = rules.labelNames.some((name) => name in Object.prototype);
    this.#root = this.#newRoot();
  }

  /** The series of these labels; `undefined` where they are refused. */
  at(labels: Labels): S | undefined {
    try {
      const names = this.#names;
      let place = this.#root;
      let level = 0;
      // The fastest way of reading them is that of the object itself, and most callers write them in order.
      for (const name in labels) {
        if (name !== names[level]) return this.#search(labels);
        if (place !== undefined) place = (place as Branch).get(keyOf(labels[name]));
        level += 1;
      }
      if (level < names.length) return this.#search(labels);
      const series = place as S | undefined;
      // A getter among them may have removed it.
      return series !== undefined && series.index >= 0 ? series : this.#admitAt(labels);
    } catch {
      this.#rules.refused();
      return undefined;
    }
  }

  /** The series without labels. */
  bare(): S | undefined {
    const bare = this.#bare;
    if (bare !== undefined && bare.index >= 0) return bare;
    const made = this.admit(this.#rules.fallbacks);
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

  /** The series of these values, if it is there and they need no cleaning. */
  find(values: readonly unknown[]): S | undefined {
    let place = this.#root;
    for (const value of values) {
      if (place === undefined) return undefined;
      place = (place as Branch).get(keyOf(value));
    }
    return place as S | undefined;
  }

  /**
   * The series of these values, found or made; where there is no room for another, the one for what comes beyond.
   *
   * @throws what a value throws when it is asked for its text.
   */
  admit(values: readonly unknown[]): S {
    return this.#admitTexts(values.map(textToAdmit));
  }

  /** Whether a series is the one for what comes beyond. */
  isOverflow(series: S): boolean {
    return series === this.#overflow;
  }

  /** Removes the series of these values. @throws what a value throws when it is asked for its text. */
  remove(values: readonly unknown[]): void {
    const series = this.find(values.map((value, i) => labelText(value) || this.#fallback(i)));
    if (series !== undefined) this.delete(series);
  }

  /** Removes a series. */
  delete(series: S): void {
    if (series.index < 0) return;
    if (series === this.#root) this.#root = undefined;
    else takeOff(series);
    series.branch = undefined;
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
    for (const series of this.#all) {
      series.index = -1;
      series.branch = undefined;
    }
    this.#all = [];
    this.#root = this.#newRoot();
    this.#overflow = undefined;
  }

  /** Those that are there now, as a list of its own. */
  all(): readonly S[] {
    return this.#all.slice();
  }

  /** The labels of a series; those that say nothing are left out. */
  labelsOf(series: S): Record<string, string> {
    const values = wayTo(series);
    const pairs = this.#names.map((name, i) => [name, values[i] ?? ''] as const);
    return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
  }

  /** Apart from the lookup, as it would make each lookup slower there. */
  #admitAt(labels: Labels): S {
    const texts: string[] = [];
    for (const name of this.#names) texts.push(textToAdmit(labels[name]));
    return this.#admitTexts(texts);
  }

  /** In any order, or with some of them missing. */
  #search(labels: Labels): S {
    const values = this.#valuesIn(labels);
    return this.find(values) ?? this.admit(values);
  }

  /** From here on no code of the application runs, lest the tree change on the way down. */
  #admitTexts(texts: string[]): S {
    const last = texts.length - 1;
    if (last < 0) return (this.#root ??= this.#keep(this.#rules.make('', undefined))) as S;
    let branch = this.#root as Branch;
    let level = 0;
    for (; level < last; level += 1) {
      const next = branch.get(texts[level] as string);
      if (next === undefined) break;
      branch = next as Branch;
    }
    const found = level === last ? branch.get(texts[last] as string) : undefined;
    return (found as S | undefined) ?? this.#admitNew(texts, branch, level);
  }

  /** Admits a series below a branch that lacks it. What leads there is in the tree, and clean for that. */
  #admitNew(texts: string[], branch: Branch, level: number): S {
    let isClean = true;
    for (let i = level; i < texts.length; i += 1) {
      const text = texts[i] as string;
      const cleaned = labelText(text) || this.#fallback(i);
      if (cleaned === text) continue;
      isClean = false;
      texts[i] = cleaned;
    }
    // Clean, it may be one that is there.
    if (!isClean) return this.#admitTexts(texts);
    const isFull = this.#all.length - (this.#overflow === undefined ? 0 : 1) >= this.#rules.max;
    if (!isFull) return this.#put(texts, branch, level);
    this.#rules.diverted();
    const beyond = this.#names.map(() => OVERFLOW);
    return (this.#overflow ??= this.find(beyond) ?? this.#put(beyond, this.#root as Branch, 0));
  }

  /** Makes a series, and the branches between it and one that is there. */
  #put(texts: readonly string[], from: Branch, level: number): S {
    const last = texts.length - 1;
    let branch = from;
    for (let i = level; i < last; i += 1) {
      const text = texts[i] as string;
      let next = branch.get(text) as Branch | undefined;
      if (next === undefined) {
        next = new Branch(this.#copies.of(text), branch);
        branch.add(next);
      }
      branch = next;
    }
    const series = this.#rules.make(this.#copies.of(texts[last] as string), branch);
    branch.add(series);
    return this.#keep(series);
  }

  #fallback(level: number): string {
    return this.#rules.fallbacks[level] ?? '';
  }

  #keep(series: S): S {
    series.index = this.#all.length;
    this.#all.push(series);
    return series;
  }

  #newRoot(): Branch | undefined {
    return this.#names.length === 0 ? undefined : new Branch('', undefined);
  }

  #valuesIn(labels: Labels): unknown[] {
    this.#assertKnown(labels);
    const isSaid = (name: string): boolean => !this.#mayInherit || Object.hasOwn(labels, name);
    return this.#names.map(
      (name, i) => (isSaid(name) ? labels[name] : undefined) ?? this.#fallback(i),
    );
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

/** The text of a value, bounded; most are clean, and what is in the tree need not be looked through again. */
function textToAdmit(value: unknown): string {
  return typeof value === 'string' && value.length <= MAX_LABEL_LENGTH ? value : labelText(value);
}
