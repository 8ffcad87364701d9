import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram, type Ending } from './program.js';

interface Sample {
  readonly recordings: number;
  /** The used heap, after the garbage is collected. */
  readonly bytes: number;
  /** The length of an exposition. */
  readonly body: number;
  readonly lines: number;
}

interface Remains {
  readonly samples: readonly [Sample, Sample];
  readonly dropped: Readonly<Record<string, number>>;
}

/** What 900,000 more label sets may leave: that of a metric without a limit is several hundred bytes for each. */
const BYTES_MORE = 2_000_000;

describe('after a million label sets', () => {
  let ending: Ending;
  let remains: Remains;

  beforeAll(async () => {
    ending = await runProgram('many-label-sets.mjs', [], 240_000);
    remains = JSON.parse(ending.said || '{}') as Remains;
  }, 250_000);

  it('the heap is as large as after a tenth of them', () => {
    const [early, late] = remains.samples;
    expect([early.recordings, late.recordings]).toEqual([100_000, 1_000_000]);
    expect(late.bytes - early.bytes, JSON.stringify(remains)).toBeLessThan(BYTES_MORE);
  });

  it('the exposition is as long', () => {
    const [early, late] = remains.samples;
    expect(late.lines).toBe(early.lines);
    // Numbers in it have grown.
    expect(late.body).toBeLessThan(early.body * 1.01);
    expect(late.lines).toBeGreaterThan(4 * 2_000);
  });

  it('what found no room is counted for each metric', () => {
    const limit = 2_000;
    expect(remains.dropped).toEqual({
      requests_total: 250_000 - limit,
      pool: 250_000 - limit,
      latency_seconds: 250_000 - limit,
      size_bytes: 250_000 - limit,
    });
  });

  it('the process ends by itself, without a complaint', () => {
    expect(ending).toMatchObject({ code: 0, complained: '' });
  });
});
