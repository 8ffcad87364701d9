import { describe, expect, it } from 'vitest';
import {
  ageText,
  durationText,
  isoText,
  timeText,
} from '../../../../lib/endpoints/page/wording.js';
import { NOON } from './views.js';

const NOW = NOON.getTime();

describe('the words of the status page', () => {
  it.each([
    [0, '0.0 ms'],
    [0.042, '0.04 ms'],
    [2.512, '2.5 ms'],
    [103.04, '103 ms'],
    [1_234, '1.23 s'],
    [30_000, '30 s'],
  ])('a latency of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it.each([
    [-5_000, 'just now'],
    [999, 'just now'],
    [4_000, '4 s ago'],
    [60_000, '1 min ago'],
    [3_600_000, '1 h ago'],
    [47 * 3_600_000, '47 h ago'],
    [49 * 3_600_000, '2 days ago'],
    [Number.NaN, 'some time ago'],
  ])('an age of %d ms is %s', (ms, text) => {
    expect(ageText(NOW - ms, NOW)).toBe(text);
  });

  it('a time of another day has its date', () => {
    expect(timeText(NOW - 60_000, NOW)).toBe('11:59:00 UTC');
    expect(timeText(NOW - 86_400_000, NOW)).toBe('2026-01-26 12:00:00 UTC');
  });

  it('a date that is none is told as the JSON tells it', () => {
    expect(isoText(Number.NaN)).toBe('1970-01-01T00:00:00.000Z');
  });
});
