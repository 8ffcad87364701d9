// Servers in processes of their own, and the load that is put on them. It comes from `wrk`, which is faster than any server
// in Node.js: one that waits for its load would be measured too well.
import { execFile, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const CONNECTIONS = 16;

/** With a core for the load alone, what the load takes is nothing that the server loses. */
const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** Ends the measurement where there is nothing to measure with. */
export function assertWrk() {
  if (!spawnSync('wrk', ['--version']).error) return;
  console.error('This needs wrk, of the Debian package wrk');
  process.exit(1);
}

/** Starts a server that tells in a message what it has to tell, its `port` among it. */
export async function startServer(program, side, { env = {}, execArgv = [] } = {}) {
  const server = fork(new URL(program, import.meta.url), [JSON.stringify(side)], {
    env: { ...process.env, NODE_ENV: 'production', ENABLE_METRICS: '', SENTRY_DSN: '', ...env },
    execArgv,
  });
  const [told] = await once(server, 'message');
  if (pinned) spawnSync('taskset', ['-a', '-p', '-c', '0', String(server.pid)]);
  return { server, ...told, url: `http://127.0.0.1:${told.port}` };
}

async function cpuMsOf(server) {
  server.send('cpu');
  const [{ cpuMs }] = await once(server, 'message');
  return cpuMs;
}

/** One round. @returns requests a second, CPU time of a request, how busy the server was, and whether an answer was no 2xx. */
export async function load({ server }, url, seconds) {
  const wrk = ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, url];
  const [command, ...args] = pinned ? ['taskset', '-c', '1', ...wrk] : wrk;
  const beforeMs = await cpuMsOf(server);
  const { stdout } = await promisify(execFile)(command, args);
  const cpuMs = (await cpuMsOf(server)) - beforeMs;
  const [, requests, within] = /(\d+) requests in ([\d.]+)s/.exec(stdout);
  return {
    perSecond: Number(requests) / Number(within),
    cpuUs: (cpuMs * 1_000) / Number(requests),
    busy: cpuMs / (Number(within) * 1_000),
    others: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0) / Number(requests),
    broken: /Socket errors/.test(stdout),
  };
}
