import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLATFORMS, type Platform } from '../../support/boot.js';

const MEASUREMENT = join(import.meta.dirname, '../../../bench/draining.mjs');

interface Round {
  readonly before: number;
  readonly failedBefore: number;
  readonly inFlight: number;
  readonly onKept: number;
  readonly onNew: number;
  readonly end: string;
}

interface Result {
  readonly balancer: 'quick' | 'slow';
  readonly contender: 'ours' | 'terminus';
  readonly requests: number;
  readonly failed: number;
  readonly rounds: readonly Round[];
  readonly faults: readonly string[];
}

/** The short form of what is measured for the documentation: ours and Terminus in turns, under the same load. */
async function measure(platform: Platform): Promise<readonly Result[]> {
  const json = await new Promise<string>((resolve) => {
    execFile(process.execPath, [MEASUREMENT, '--quick', '--json', platform], (_error, output) =>
      resolve(output),
    );
  });
  return (JSON.parse(json) as { results: readonly Result[] }).results;
}

describe.each(PLATFORMS)('SIGTERM under load on %s', (platform) => {
  it('fails no request, where most fail with the graceful shutdown of Terminus', async () => {
    const results = await measure(platform);

    expect(results.map(({ balancer, contender }) => `${contender}, ${balancer}`)).toEqual([
      'ours, quick',
      'terminus, quick',
      'ours, slow',
      'terminus, slow',
    ]);
    for (const { rounds, faults } of results) {
      const [round] = rounds as [Round];
      const which = JSON.stringify(round);
      expect(faults, which).toEqual([]);
      expect(round.before, which).toBeGreaterThan(50);
      expect(round.failedBefore, which).toBe(0);
      expect(round.inFlight, which).toBeGreaterThan(0);
      expect(Math.min(round.onKept, round.onNew), which).toBeGreaterThan(10);
    }
    for (const { failed, rounds } of results.filter(({ contender }) => contender === 'ours')) {
      expect(failed).toBe(0);
      expect(rounds[0]?.end).toBe('code 0');
    }
    for (const { failed, requests } of results.filter(({ contender }) => contender !== 'ours')) {
      expect(failed / requests).toBeGreaterThan(0.5);
    }
  });
});
