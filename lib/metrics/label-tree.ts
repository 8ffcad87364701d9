/** A place in a tree of labels: a branch, or what hangs at the end of one. */
export interface Place {
  /** The value of the last label on the way there. */
  readonly text: string;
  /** What it hangs on; `undefined` for the root. */
  readonly branch: Branch | undefined;
}

/** The places that have the same values of the first labels, by the value of the next one. */
export class Branch implements Place {
  // Most branches have but one child where the label before is unique, and a Map for each is ten times as large.
  private key: string | undefined;
  private child: Place | undefined;
  private children: Map<string, Place> | undefined;

  constructor(
    readonly text: string,
    readonly branch: Branch | undefined,
  ) {}

  /** What hangs there at a value. */
  get(key: string): Place | undefined {
    if (this.children !== undefined) return this.children.get(key);
    return key === this.key ? this.child : undefined;
  }

  /** Hangs a place there, at its own value. */
  add(child: Place): void {
    if (this.children !== undefined) {
      this.children.set(child.text, child);
    } else if (this.child === undefined) {
      this.key = child.text;
      this.child = child;
    } else {
      this.children = new Map();
      this.children.set(this.child.text, this.child);
      this.children.set(child.text, child);
      this.key = undefined;
      this.child = undefined;
    }
  }

  /** Takes off what hangs there at a value. @returns whether nothing is left. */
  delete(key: string): boolean {
    if (this.children !== undefined) {
      this.children.delete(key);
      return this.children.size === 0;
    }
    if (key === this.key) {
      this.key = undefined;
      this.child = undefined;
    }
    return this.child === undefined;
  }
}

/** The values on the way to a place, in the order of their labels. */
export function wayTo(place: Place): string[] {
  const texts: string[] = [];
  for (let at = place; at.branch !== undefined; at = at.branch) texts.unshift(at.text);
  return texts;
}

/** Takes a place off its tree. Branches that lead nowhere then go as well, as others come with every new label set. */
export function takeOff({ text, branch }: Place): void {
  if (branch?.delete(text) === true) takeOff(branch);
}
