import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';

/** Further levels take several times as long, and make an exposition hardly smaller. */
const OPTIONS = { level: constants.Z_BEST_SPEED, chunkSize: 64 * 1_024 };

/** Compresses what is in parts, off the main thread and part after part. */
export async function gzip(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const compressed: Uint8Array[] = [];
  await pipeline(Readable.from(parts), createGzip(OPTIONS), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) compressed.push(chunk);
  });
  return compressed;
}
