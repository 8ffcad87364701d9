import { describe, expect, it } from 'vitest';
import { failingPrismaCalls } from './built-in-indicators.js';
import { PAGE, renderPage, type Row } from './page.js';
import { SIDES, type Observation, type Side, type Situation } from './situation.js';
import { SITUATIONS } from './situations.js';

/** Each is brought about once a side, for its own test and for the page. */
const observed = new Map<Situation, Map<Side, Promise<Observation>>>();

function observe(situation: Situation, side: Side): Promise<Observation> {
  const sides = observed.get(situation) ?? new Map<Side, Promise<Observation>>();
  observed.set(situation, sides);
  const observation = sides.get(side) ?? situation.observe(side);
  sides.set(side, observation);
  return observation;
}

const titled = SITUATIONS.map((situation) => [situation.title, situation] as const);

describe.each(titled)('%s', (_title, situation) => {
  it.each(SIDES)('is met as it is known (%s)', async (side) => {
    expect((await observe(situation, side)).facts).toEqual(situation.known[side]);
  });
});

it('What the page notes on row 19 holds: an indicator fails here too, and a query of one’s own nowhere', async () => {
  expect(await failingPrismaCalls()).toEqual({ oursWithIndicator: 3, terminusWithOwnQuery: 0 });
});

// After a change that is meant: npm test -- test/differential -u
it('docs/versus-terminus.md says what was observed', async () => {
  const rows: Row[] = [];
  for (const situation of SITUATIONS) {
    const { text: terminus } = await observe(situation, 'terminus');
    const { text: ours } = await observe(situation, 'ours');
    rows.push({ title: situation.title, terminus, ours });
  }

  await expect(await renderPage(rows)).toMatchFileSnapshot(PAGE);
});
