// Loads an application on each platform, for --minutes (10 by default) each, and fails where it leaks.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { build, installMissing } from './prepare.mjs';

const PLATFORMS = ['express', 'fastify'];
const SAMPLES = 60;
const SAMPLES_A_LINE = 5;
const REQUESTS_A_SECOND = 300;
const ABORTED_EVERY_MS = 25;

/** The first samples, while code is compiled and pools fill, say nothing. */
const WARM_UP = SAMPLES / 5;

/** By so much of it the heap of an application that leaks nothing may grow. */
const NOISE = 0.02;

/** Each has a deadline while it runs, also when nobody asks. */
const BACKGROUND_CHECKS = 2;

/** How long it takes at most until the application has seen the last client go, or has ended. */
const REST_MS = 3_000;

async function ask(app) {
  app.send('sample');
  const [sample] = await once(app, 'message');
  return sample;
}

/** Clients that go before they are answered. */
function abortRequests(url) {
  const timer = setInterval(() => {
    const request = get(`${url}/health`, { agent: false }).on('error', () => {});
    setTimeout(() => request.destroy(), Math.random() * ABORTED_EVERY_MS);
  }, ABORTED_EVERY_MS);
  return () => clearInterval(timer);
}

async function takeSamples(app, seconds) {
  const everyMs = (seconds * 1_000) / SAMPLES;
  const samples = [];
  const startedMs = performance.now();
  while (samples.length < SAMPLES) {
    await delay(startedMs + (samples.length + 1) * everyMs - performance.now());
    const sample = { seconds: (performance.now() - startedMs) / 1_000, ...(await ask(app)) };
    samples.push(sample);
    if (samples.length % SAMPLES_A_LINE === 0) print(sample);
  }
  return samples;
}

const COLUMNS = {
  seconds: ({ seconds }) => seconds.toFixed(0),
  'heap MB': ({ heapUsed }) => (heapUsed / 1e6).toFixed(2),
  'rss MB': ({ rss }) => (rss / 1e6).toFixed(1),
  handles: ({ handles }) => handles,
  timers: ({ timers }) => timers,
  listeners: ({ listeners }) => listeners,
  runs: ({ runs }) => runs,
};

const line = (cells) => console.log(cells.map((cell) => String(cell).padStart(10)).join(''));
const print = (sample) => line(Object.values(COLUMNS).map((cell) => cell(sample)));

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Least squares, in bytes a minute. */
function slope(samples) {
  const mean = (of) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const x = mean(({ seconds }) => seconds);
  const y = mean(({ heapUsed }) => heapUsed);
  const covariance = mean((sample) => (sample.seconds - x) * (sample.heapUsed - y));
  return (60 * covariance) / mean(({ seconds }) => (seconds - x) ** 2);
}

/** What is wrong, in words. */
function faultsOf({ before, samples, after, load, code }) {
  const warm = samples.slice(WARM_UP);
  const third = Math.floor(warm.length / 3);
  const first = median(warm.slice(0, third).map(({ heapUsed }) => heapUsed));
  const last = median(warm.slice(-third).map(({ heapUsed }) => heapUsed));
  const growth = last / first - 1;
  console.log(
    `heap: ${(slope(warm) / 1e3).toFixed(1)} kB a minute; last third against first: ` +
      `${(first / 1e6).toFixed(2)} -> ${(last / 1e6).toFixed(2)} MB (${(growth * 100).toFixed(2)} %)`,
  );
  return Object.entries({
    'the heap grows': growth > NOISE,
    [`run too often: ${after.runTooOften}`]: after.runTooOften.length > 0,
    [`handles left: ${before.handles} -> ${after.handles}`]: after.handles > before.handles,
    [`timers left: ${after.timers}`]: after.timers > BACKGROUND_CHECKS,
    [`listeners left: ${before.listeners} -> ${after.listeners}`]:
      after.listeners > before.listeners,
    [`${load.errors} requests failed`]: load.errors > 0,
    [`the process ended with ${code}`]: code !== 0,
  })
    .filter(([, isWrong]) => isWrong)
    .map(([fault]) => fault);
}

async function soak(platform, seconds) {
  console.log(`\n${platform}, ${seconds} seconds`);
  const app = fork(join(import.meta.dirname, 'soak-app.mjs'), [platform], {
    execArgv: ['--expose-gc'],
  });
  const exit = once(app, 'exit');
  const [{ url }] = await once(app, 'message');
  const before = await ask(app);
  const stopAborting = abortRequests(url);
  const requests = ['/health', '/health/live', '/health/ready'].map((path) => ({ path }));
  const loading = autocannon({ url, duration: seconds, overallRate: REQUESTS_A_SECOND, requests });
  line(Object.keys(COLUMNS));
  const samples = await takeSamples(app, seconds);
  const load = await loading;
  stopAborting();
  await delay(REST_MS);
  const after = await ask(app);
  print({ seconds: seconds + REST_MS / 1_000, ...after });
  console.log(`${load.requests.total} requests: ${JSON.stringify(load.statusCodeStats)}`);
  app.kill('SIGTERM');
  const patience = setTimeout(() => app.kill('SIGKILL'), REST_MS);
  const [code] = await exit;
  clearTimeout(patience);
  return faultsOf({ before, samples, after, load, code });
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const seconds = Math.round(Number(values.minutes) * 60);
if (!(seconds > 0)) throw new Error(`--minutes takes a positive number; got ${values.minutes}.`);

installMissing();
build();
for (const platform of PLATFORMS) {
  const faults = await soak(platform, seconds);
  console.log(`${platform}: ${faults.join('; ') || 'no leak'}`);
  if (faults.length > 0) process.exitCode = 1;
}
