// Keeps a child of each of many generations of series, in a metric of the built package, and says how much more of the heap is used.
import { setImmediate as turn } from 'node:timers/promises';
import { MetricsRegistry } from 'nestjs-observability';
import promClient from 'prom-client';

const GENERATIONS = 100;
const SERIES = 2_000;

const [, , type, ending] = process.argv;
const metrics = new MetricsRegistry(promClient);
const metric = metrics[type](type === 'counter' ? 'm_total' : 'm', 'M', ['first', 'last']);
const children = [];

const record = (recorder, ...labels) =>
  type === 'counter' ? recorder.inc(...labels) : recorder.observe(...labels, 1);

const endings = {
  reset: () => metric.reset(),
  remove: (labels) => {
    metric.remove(labels);
    metric.reset();
  },
};

async function usedHeap() {
  for (const _ of [1, 2, 3]) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

/** Records in a child, and in as many series beside it as there may be. */
function recordAll(generation) {
  const labels = { first: `kept ${generation}`, last: 'kept' };
  const child = metric.labels(labels);
  record(child);
  children.push(child);
  for (let i = 1; i < SERIES; i += 1) {
    record(metric, { first: `some value of a label ${i}`, last: `of ${generation}` });
  }
  return labels;
}

recordAll('warm-up');
await metrics.expose();
metric.reset();
const empty = await usedHeap();
recordAll('full');
const full = await usedHeap();
metric.reset();

const before = await usedHeap();
for (let i = 0; i < GENERATIONS; i += 1) endings[ending](recordAll(i));
const more = (await usedHeap()) - before;

for (const child of children) record(child);
const shown = (await metrics.expose()).match(/^m(_total|_count)\{/gm).length;
process.stdout.write(JSON.stringify({ more, of: (full - empty) * GENERATIONS }));
if (shown !== children.length) process.exitCode = 1;
