import { expect, it } from 'vitest';
import { registryOn } from './registry-on.js';

const LONG = 'x'.repeat(128);

/** Values that are one once they have been cleaned and cut. */
const SAME: readonly (readonly [string, readonly unknown[]])[] = [
  ['what is cut off', [LONG, `${LONG}y`, `${LONG}z`]],
  ['control characters', ['a\u0000', 'a\u0001', 'a\u{FFFD}']],
  ['halves of characters', ['a\uD800', 'a\u{FFFD}']],
  ['a number and its text', [200, '200']],
  ['nothing', ['', undefined, null]],
];

it.each(SAME)(
  'Values that differ only in %s are one series, whichever comes first',
  async (_what, values) => {
    for (const order of [values, values.toReversed()]) {
      const metrics = registryOn();
      const counter = metrics.counter('c_total', 'C', ['before', 'at', 'after']);
      for (const at of order) counter.inc({ before: 'b', at, after: 'a' } as never);

      const lines = (await metrics.expose())
        .split('\n')
        .filter((line) => line.startsWith('c_total'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(new RegExp(` ${values.length}$`));
    }
  },
);

it.each([
  '日本語のとても長いラベル',
  'Ünïcödé läbels, all of lâtin-1',
  '😀😀😀😀😀😀😀',
  'Ελληνικά and Latin',
])('The value %s is written as it is, over and over', async (value) => {
  const metrics = registryOn();
  const counter = metrics.counter('c_total', 'C', ['at', 'more']);
  for (const _ of [1, 2, 3]) counter.inc({ at: value, more: value });

  expect(await metrics.expose()).toContain(`c_total{at="${value}",more="${value}"} 3\n`);
});
