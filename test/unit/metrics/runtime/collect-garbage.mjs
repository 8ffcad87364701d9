// Collects garbage many times, several times in a turn; V8 reports each one, and then says what the metrics have counted.
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import promClient from 'prom-client';
import { MetricsRegistry } from '../../../../dist/lib/metrics/metrics.registry.js';
import { GarbageCollection } from '../../../../dist/lib/metrics/runtime/garbage-collection.js';

const registry = new MetricsRegistry(promClient);
const metrics = new GarbageCollection(registry);
metrics.start();

setFlagsFromString('--trace-gc');
for (let batch = 0; batch < 10; batch++) {
  for (let i = 0; i < 2; i++) {
    globalThis.gc(true);
    globalThis.gc();
  }
  await turn();
}
setFlagsFromString('--no-trace-gc');
for (let i = 0; i < 5; i++) await turn();

process.stdout.write(`\nEXPOSITION\n${await registry.expose()}`);
