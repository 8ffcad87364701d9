// Records a million label sets in metrics of every type of the built package, and says on standard output what is left.
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { MetricsRegistry } from 'nestjs-observability';
import promClient from 'prom-client';

const FIRST = 100_000;
const LAST = 1_000_000;
const SIGNS_A_VALUE = 40;

Logger.overrideLogger(false);
const metrics = new MetricsRegistry(promClient);
const labels = ['path', 'agent'];
const all = [
  metrics.counter('requests_total', 'Requests', labels),
  metrics.gauge('pool', 'Pool', labels),
  metrics.histogram('latency_seconds', 'Latency', labels),
  metrics.summary('size_bytes', 'Size', labels),
];

function record(metric, set, i) {
  const value = metric.inc ? 'inc' : 'observe';
  if (i % 3 === 0) metric[value](set, 1);
  else if (i % 3 === 1) metric.labels(set)[value](1);
  else metric.labels(set.path, set.agent)[value](1);
}

async function usedHeap() {
  for (const _ of [1, 2, 3]) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

async function look(recordings) {
  const body = await metrics.expose();
  return { recordings, bytes: await usedHeap(), body: body.length, lines: body.split('\n').length };
}

const samples = [];
for (let i = 1; i <= LAST; i += 1) {
  const path = `/items/${i}`.padEnd(SIGNS_A_VALUE, 'x');
  record(all[i % all.length], { path, agent: `agent ${i % 7}` }, i);
  if (i === FIRST || i === LAST) samples.push(await look(i));
}

const dropped = Object.fromEntries(metrics.diverted);
process.stdout.write(JSON.stringify({ samples, dropped }));
