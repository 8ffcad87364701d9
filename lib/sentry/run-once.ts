/** What a function has come to. */
type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Runs a function inside what something foreign puts around it. It runs exactly once, whatever goes wrong around it, and
 * what it comes to is what the call comes to.
 *
 * @param around calls the function that it is given.
 * @param failed is told of what went wrong around it.
 * @returns what the function returns. @throws what it throws.
 */
export function runOnce<Inside, T>(
  around: (inside: (given: Inside) => T) => unknown,
  run: (given: Inside | undefined) => T,
  failed: (error: unknown) => void,
): T {
  const ran: { outcome?: Outcome<T> } = {};
  const runOnlyOnce = (given: Inside | undefined): T => {
    ran.outcome ??= attempt(() => run(given));
    return settled(ran.outcome);
  };
  try {
    around(runOnlyOnce);
  } catch (error) {
    const outcome = ran.outcome;
    const isItsOwn = outcome !== undefined && 'error' in outcome && outcome.error === error;
    if (!isItsOwn) failed(error);
  }
  return ran.outcome === undefined ? runOnlyOnce(undefined) : settled(ran.outcome);
}

function attempt<T>(run: () => T): Outcome<T> {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}

function settled<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
