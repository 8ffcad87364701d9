import { describe, expect, it, vi } from 'vitest';
import { runOnce } from '../../../lib/sentry/run-once.js';

const broken = new Error('broken');

const fail = (): never => {
  throw broken;
};

type Around = (inside: (given: string) => string) => unknown;

describe.each<[string, Around, given: string | undefined, failures: number]>([
  ['works', (inside) => inside('given'), 'given', 0],
  ['throws before', fail, undefined, 1],
  [
    'throws after',
    (inside) => {
      inside('given');
      fail();
    },
    'given',
    1,
  ],
  ['calls nothing', () => 'nothing', undefined, 0],
  [
    'calls twice',
    (inside) => {
      inside('given');
      inside('again');
    },
    'given',
    0,
  ],
  [
    'swallows what is thrown',
    (inside) => {
      try {
        inside('given');
      } catch {}
    },
    'given',
    0,
  ],
])('Around it is something that %s', (_what, around, given, failures) => {
  it('a function runs once, and its value is what comes out', () => {
    const run = vi.fn<(given?: string) => string>(() => 'value');
    const failed = vi.fn<(error: unknown) => void>();

    expect(runOnce(around, run, failed)).toBe('value');
    expect(run).toHaveBeenCalledExactlyOnceWith(given);
    expect(failed).toHaveBeenCalledTimes(failures);
  });

  it.each([[new Error('its own')], [undefined], [broken]])(
    'a function runs once, and what it throws is what is thrown (%s)',
    (own) => {
      const run = vi.fn<(given?: string) => string>(() => {
        throw own;
      });
      const thrown = vi.fn<(error: unknown) => void>();
      try {
        runOnce<string, string>(around, run, () => {});
      } catch (error) {
        thrown(error);
      }

      expect(thrown.mock.calls).toEqual([[own]]);
      expect(run).toHaveBeenCalledOnce();
    },
  );
});
