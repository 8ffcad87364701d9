// Records labels that are parts of large texts, in metrics of the built package, and says how much more of the heap is used.
import { setImmediate as turn } from 'node:timers/promises';
import { MetricsRegistry } from 'nestjs-observability';
import promClient from 'prom-client';

const TEXTS = 200;
const LENGTH = 100_000;

const metrics = new MetricsRegistry(promClient);
const counter = metrics.counter('c_total', 'C', ['first', 'last']);
const histogram = metrics.histogram('h', 'H', ['first', 'last']);
const recordings = {
  labels: (first, last) => counter.inc({ first, last }),
  child: (first, last) => counter.labels(first, last).inc(),
  observed: (first, last) => histogram.observe({ last, first }, 1),
};

async function usedHeap() {
  for (const _ of [1, 2, 3]) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

/** A text of its own, as it comes from a socket. */
function largeText(sign, i) {
  const bytes = Buffer.from(`${i} `.padEnd(LENGTH, sign), 'utf16le');
  return bytes.toString('utf16le');
}

const [, , how, sign] = process.argv;
for (const round of ['warm-up', 'measured']) {
  const before = await usedHeap();
  for (let i = 0; i < TEXTS; i += 1) {
    const text = largeText(sign, `${round} ${i}`);
    recordings[how](text.slice(0, 60), text.slice(10, 70));
  }
  const more = (await usedHeap()) - before;
  if (round === 'measured') process.stdout.write(JSON.stringify({ more, of: 2 * TEXTS * LENGTH }));
}
const lines = (await metrics.expose()).split('\n').filter((line) => line.includes('measured'));
if (lines.length === 0 || !lines.every((line) => line.includes(sign))) process.exitCode = 1;
