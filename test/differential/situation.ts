/** The two that are compared. */
export const SIDES = ['terminus', 'ours'] as const;

export type Side = (typeof SIDES)[number];

/** What one side did, and the sentence about it. */
export interface Observation {
  readonly facts: unknown;
  readonly text: string;
}

/** Something that happens to an application, and what its health checks make of it. */
export interface Situation {
  readonly title: string;
  /** What each side is known to do; where it does otherwise, the comparison is out of date. */
  readonly known: Readonly<Record<Side, unknown>>;
  /** Boots an application, brings it into the situation, and measures. */
  observe(side: Side): Promise<Observation>;
}

interface Description<Facts> extends Readonly<Record<Side, () => Promise<Facts>>> {
  readonly title: string;
  readonly known: Readonly<Record<Side, Facts>>;
  /** Puts facts into words: the same for both sides, so that the words favour none. */
  readonly say: (facts: Facts) => string;
}

/** Describes a situation. */
export function situation<Facts>(description: Description<Facts>): Situation {
  const { title, known, say } = description;
  const observe = async (side: Side): Promise<Observation> => {
    const facts = await description[side]();
    return { facts, text: say(facts) };
  };
  return { title, known, observe };
}
