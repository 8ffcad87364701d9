import { expect, it } from 'vitest';
import { registryOn } from './registry-on.js';

/** Labels that do something while they are read. */
const READINGS: readonly [string, (act: () => void) => Readonly<Record<'a' | 'b', unknown>>][] = [
  [
    'a getter',
    (act) => ({
      a: 'x',
      get b() {
        act();
        return 'y';
      },
    }),
  ],
  [
    'a getter before the last',
    (act) => ({
      get a() {
        act();
        return 'x';
      },
      b: 'y',
    }),
  ],
  [
    'a text of its own',
    (act) => ({
      a: 'x',
      b: {
        toString() {
          act();
          return 'y';
        },
      },
    }),
  ],
];

it.each(READINGS)(
  'What is recorded with labels that remove or reset the metric by %s is there',
  async (_what, labelsThat) => {
    for (const change of ['remove', 'reset', 'inc'] as const) {
      const metrics = registryOn();
      const counter = metrics.counter('c_total', 'C', ['a', 'b']);
      const same = { a: 'x', b: 'y' };
      counter.inc(same);

      const labels = labelsThat(() =>
        change === 'reset' ? counter.reset() : counter[change](same),
      );
      counter.inc(labels as never);
      counter.inc(same);

      const lines = (await metrics.expose())
        .split('\n')
        .filter((line) => line.startsWith('c_total'));
      expect(lines).toHaveLength(1);
      // Some are read twice, and act twice.
      expect(Number(lines[0]?.split(' ')[1])).toBeGreaterThanOrEqual(2);
    }
  },
);
