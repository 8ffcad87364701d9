import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram, type Ending } from './program.js';

interface Sample {
  /** How many runs there have been so far. */
  readonly runs: number;
  /** The used heap, after the garbage is collected. */
  readonly bytes: number;
}

interface Remains {
  readonly runs: number;
  readonly transitions: number;
  readonly strayTransitions: number;
  readonly foreignListeners: number;
  readonly passing: readonly string[];
  readonly timers: readonly string[];
  readonly samples: readonly Sample[];
}

/** The heap of a program that leaks nothing moves by less than half of it. */
const BYTES_A_RUN = 10;

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function middleOf(samples: readonly Sample[]): Sample {
  return {
    runs: median(samples.map(({ runs }) => runs)),
    bytes: median(samples.map(({ bytes }) => bytes)),
  };
}

/** From the middle of the earlier half to the middle of the later half. */
function growthPerRun(samples: readonly Sample[]): number {
  const half = samples.length / 2;
  const earlier = middleOf(samples.slice(0, half));
  const later = middleOf(samples.slice(half));
  return (later.bytes - earlier.bytes) / (later.runs - earlier.runs);
}

describe('after 100,000 runs of checks of every kind', () => {
  let ending: Ending;
  let remains: Remains;

  beforeAll(async () => {
    ending = await runProgram('many-runs.mjs', [], 240_000);
    remains = JSON.parse(ending.said || '{}') as Remains;
  }, 250_000);

  it('all have run, and their statuses have changed', () => {
    expect(remains.runs).toBeGreaterThanOrEqual(100_000);
    expect(remains.transitions).toBeGreaterThan(1_000);
  });

  it('the heap is as large as before', () => {
    expect(remains.samples).toHaveLength(10);
    expect(growthPerRun(remains.samples), JSON.stringify(remains.samples)).toBeLessThan(
      BYTES_A_RUN,
    );
  });

  it('the signals have no listeners but those of the checks', () => {
    expect(remains.foreignListeners).toBe(0);
  });

  it('the checks that were removed are forgotten', () => {
    expect(remains.passing).toEqual([]);
  });

  it('the listeners of transitions that were removed are told no more', () => {
    expect(remains.strayTransitions).toBe(0);
  });

  it('no timer is left that keeps the process alive', () => {
    expect(remains.timers).toEqual([]);
  });

  it('the process ends by itself, without a complaint', () => {
    expect(ending).toMatchObject({ code: 0, complained: '' });
  });
});
