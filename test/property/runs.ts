/**
 * How often each property is tried, times `FC_RUNS`: `FC_RUNS=20 npx vitest run --project suite test/property` takes
 * twenty times as long and looks into more corners. A failure prints the seed and the path that bring it back: put them
 * beside `numRuns`, as `{ ...tries(300), seed: …, path: '…' }`.
 */
const FACTOR = Math.max(1, Number(process.env['FC_RUNS'] ?? 1));

/** The parameters of a property that is usually tried so many times. */
export function tries(usually: number): { numRuns: number } {
  return { numRuns: Math.ceil(usually * FACTOR) };
}

/** The limit of a test that holds properties, in milliseconds. */
export const TIMEOUT_MS: number = 60_000 * FACTOR;
