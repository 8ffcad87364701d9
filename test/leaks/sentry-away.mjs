// Captures errors with the built package while the Sentry server hangs, and says on standard output what is left of them.
import { createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { SentryService } from 'nestjs-observability';

const ERRORS = 20_000;
const WARM_UP = 4_000;
const SAMPLES = 10;

Logger.overrideLogger(false);
const sockets = new Set();
const server = createServer((socket) => sockets.add(socket.resume().on('error', () => {})));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();

const sentry = new SentryService();
const enabled = await sentry.init({ dsn: `http://key@127.0.0.1:${port}/1` });
let captured = 0;

async function captureUntil(count) {
  while (captured < count) {
    captured += 1;
    sentry.isolate(() => {
      sentry.setTag('order', captured);
      sentry.setContext('order', { id: captured, lines: 'x'.repeat(500) });
      sentry.addBreadcrumb({ message: `order ${captured}` });
      sentry.captureException(new Error(`order ${captured} is lost`), { extra: { captured } });
    });
    if (captured % 50 === 0) await turn();
  }
}

/** What a finalizer lets go of is gone only the next time. */
async function usedHeap() {
  for (const _ of [1, 2, 3]) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

await captureUntil(WARM_UP);
const samples = [];
for (let sample = 1; sample <= SAMPLES; sample += 1) {
  await captureUntil(WARM_UP + ((ERRORS - WARM_UP) * sample) / SAMPLES);
  samples.push({ errors: captured, bytes: await usedHeap() });
}
const connections = sockets.size;
const isSent = await sentry.close(100);
for (const socket of sockets) socket.destroy();
server.close();
process.stdout.write(JSON.stringify({ enabled, captured, connections, isSent, samples }));
