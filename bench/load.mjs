import { fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { quantile } from './figures.mjs';

/** Starts an application that is to be put under load; `server.child.disconnect()` ends it. */
export async function startServer(options) {
  const child = fork(new URL('health-server.mjs', import.meta.url), [JSON.stringify(options)], {
    env: { ...process.env, NODE_ENV: 'production', ENABLE_METRICS: '', SENTRY_DSN: '' },
  });
  const { port } = await nextMessage(child);
  return { child, url: `http://127.0.0.1:${port}/health` };
}

/** Puts an application under load for some seconds, and says what came of it. */
export async function loadFor(seconds, server, { connections, isRight }) {
  const latencies = [];
  const before = await progressOf(server);
  const startedMs = performance.now();
  let lastMs = startedMs;
  const load = autocannon({
    url: server.url,
    connections,
    duration: seconds,
    sampleInt: 100,
    verifyBody: isRight,
  });
  load.on('response', (_client, _status, _bytes, latencyMs) => {
    latencies.push(latencyMs);
    lastMs = performance.now();
  });
  const { errors, non2xx, mismatches } = await load;
  const after = await progressOf(server);
  return {
    responses: latencies.length,
    wrong: errors + non2xx + mismatches,
    perSecond: latencies.length / ((lastMs - startedMs) / 1_000),
    p99Ms: latencies.length === 0 ? NaN : quantile(latencies, 0.99),
    executions: after.executions - before.executions,
    elapsedMs: after.nowMs - before.nowMs,
  };
}

/** How often the checks have been executed, and what time it is there. */
async function progressOf({ child }) {
  child.send('progress');
  return nextMessage(child);
}

/** An application that ends instead of answering must not leave this process waiting. */
async function nextMessage(child) {
  const ended = new AbortController();
  const end = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`The application has ended with ${code}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message'), end]);
    return message;
  } finally {
    ended.abort();
    end.catch(() => {});
  }
}
