// Sentry's own local receiver, on a port of its own. Its command line would report to its makers, so it is started as a
// library; that reports nothing as long as nobody initialises an SDK.
import { createServer } from 'node:net';
import { setupSpotlight } from '@spotlightjs/spotlight';

const silent = { info() {}, warn() {}, error() {}, debug() {} };

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const port = await freePort();
await setupSpotlight({ port, isStandalone: true, logger: silent });
process.stdout.write(`${JSON.stringify({ port })}\n`);
