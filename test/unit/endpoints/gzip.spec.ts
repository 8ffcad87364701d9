import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { gzip } from '../../../lib/endpoints/gzip.js';

/** Some lines of an exposition, of so many bytes. */
function lines(bytes: number): Uint8Array {
  const line = 'http_requests_total{method="GET",endpoint="/orders/:id",status="200"} 1027\n';
  return Buffer.from(line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes));
}

it.each([
  ['one part', [lines(1_000)]],
  ['many parts', Array.from({ length: 50 }, () => lines(64 * 1_024))],
  ['parts of which some are empty', [new Uint8Array(), lines(10), new Uint8Array()]],
  ['no part', []],
] as const)('%s can be had again', async (_what, parts) => {
  const plain = Buffer.concat(parts);
  const compressed = Buffer.concat(await gzip(parts));
  expect(gunzipSync(compressed).equals(plain)).toBe(true);
});

it('An exposition becomes much smaller', async () => {
  const compressed = Buffer.concat(await gzip([lines(100_000)]));
  expect(compressed.length).toBeLessThan(10_000);
});

it('The event loop turns while it is at work', async () => {
  const parts = Array.from({ length: 50 }, () => lines(64 * 1_024));
  let turns = 0;
  let done = false;
  const turn = (): void => {
    turns += 1;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  await gzip(parts);
  done = true;
  expect(turns).toBeGreaterThanOrEqual(parts.length);
});
