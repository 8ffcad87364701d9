// What a right answer of each contender looks like. Under load every answer is searched three times, so that looking
// costs little and costs both contenders the same; before each round one answer is read in full.
import { deepStrictEqual } from 'node:assert/strict';

const RIGHT = {
  ours: {
    start: '{"status":"healthy",',
    well: '"status":"healthy"',
    wellTimes: (checks) => checks + 1,
    statuses: (checks) => checks + 1,
    read: ({ checks }) => checks.map(({ name, status }) => `${name} ${status}`),
    line: (name) => `${name} healthy`,
  },
  // Each indicator stands in `info` and in `details`.
  terminus: {
    start: '{"status":"ok",',
    well: '"status":"up"',
    wellTimes: (checks) => 2 * checks,
    statuses: (checks) => 2 * checks + 1,
    read: ({ details }) => Object.entries(details).map(([name, { status }]) => `${name} ${status}`),
    line: (name) => `${name} up`,
  },
};

/** Makes what tells whether a body says that so many checks are well, and nothing else. */
export function rightAnswer(contender, checks) {
  const { start, well, wellTimes, statuses } = RIGHT[contender];
  return (body) =>
    body.startsWith(start) &&
    count(body, well) === wellTimes(checks) &&
    count(body, '"status":') === statuses(checks);
}

/** Reads one answer in full. @throws AssertionError when it is not right. */
export async function assertRightAnswer({ url }, contender, checks) {
  const { read, line } = RIGHT[contender];
  const response = await fetch(url);
  deepStrictEqual(response.status, 200);
  const wanted = Array.from({ length: checks }, (_, index) => line(`check-${index + 1}`));
  deepStrictEqual(read(await response.json()), wanted);
}

function count(text, part) {
  let times = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) {
    times += 1;
  }
  return times;
}
