import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram, type Ending } from './program.js';

interface Sample {
  /** How many errors there have been so far. */
  readonly errors: number;
  /** The used heap, after the garbage is collected. */
  readonly bytes: number;
}

interface Remains {
  readonly enabled: boolean;
  readonly captured: number;
  readonly connections: number;
  readonly isSent: boolean;
  readonly samples: readonly Sample[];
}

/** An error that is held on to takes several kilobytes. */
const BYTES_AN_ERROR = 100;

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** From the middle of the earlier half to the middle of the later half. */
function growthPerError(samples: readonly Sample[]): number {
  const [earlier, later] = [
    samples.slice(0, samples.length / 2),
    samples.slice(samples.length / 2),
  ];
  const grown = (of: keyof Sample): number =>
    median(later.map((sample) => sample[of])) - median(earlier.map((sample) => sample[of]));
  return grown('bytes') / grown('errors');
}

describe('After 20,000 errors with a Sentry server that hangs', () => {
  let ending: Ending;
  let remains: Remains;

  beforeAll(async () => {
    ending = await runProgram('sentry-away.mjs', [], 480_000);
    remains = JSON.parse(ending.said || '{}') as Remains;
  }, 490_000);

  it('all were captured, and the server was asked', () => {
    expect(remains).toMatchObject({ enabled: true, captured: 20_000, isSent: false });
    expect(remains.connections).toBeGreaterThan(0);
  });

  it('the heap is as large as before', () => {
    expect(remains.samples).toHaveLength(10);
    expect(growthPerError(remains.samples), JSON.stringify(remains.samples)).toBeLessThan(
      BYTES_AN_ERROR,
    );
  });

  it('the process ends by itself, without a complaint', () => {
    expect(ending).toMatchObject({ code: 0, complained: '' });
  });
});
