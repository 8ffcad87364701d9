// One work of one contender, in a process of its own: the first argument says which, and the figures go to stdout.
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { median } from './figures.mjs';
import { BUCKETS, CONTENDERS } from './metrics-contenders.mjs';

const { work, contender, type, series, middle, budgetMs } = JSON.parse(process.argv[2]);

const LABELS = ['method', 'endpoint', 'status'];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const STATUSES = ['200', '201', '400', '404', '500'];
/** One for each bucket, and some beyond: what is looked up is never the same twice in a row. */
const SECONDS = [
  0.003, 0.2, 0.007, 4, 0.02, 0.7, 0.04, 2, 0.08, 30, 0.3, 0.001, 0.06, 0.9, 0.4, 0.015,
];

const LABEL_SETS = Array.from({ length: 64 }, (_, index) => ({
  method: METHODS[index % 4],
  endpoint: `/api/v1/${['users', 'orders', 'items', 'carts'][(index >> 2) % 4]}/:id`,
  status: STATUSES[(index >> 4) % 4],
}));

const NAMES = { counter: 'bench_total', gauge: 'bench_level', histogram: 'bench_seconds' };

function makeMetric(registry) {
  return registry[type]({ name: NAMES[type], help: 'Made for a measurement', labelNames: LABELS });
}

/** CPU time, so that neighbours count little. */
function cpuNs(run) {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1_000;
}

/** A run of calls, from one number to another; each is a loop of its own, for nothing but the call to be in it. */
const LOOPS = {
  'inc-bound': (children) => (from, to) => {
    for (let call = from; call < to; call += 1) children[call & 63].inc();
  },
  inc: (_children, metric) => (from, to) => {
    for (let call = from; call < to; call += 1) {
      const { method, endpoint, status } = LABEL_SETS[call & 63];
      metric.inc({ method, endpoint, status });
    }
  },
  'inc-labels': (_children, metric) => (from, to) => {
    for (let call = from; call < to; call += 1) {
      const { method, endpoint, status } = LABEL_SETS[call & 63];
      metric.labels(method, endpoint, status).inc();
    }
  },
  'observe-bound': (children) => (from, to) => {
    for (let call = from; call < to; call += 1) children[call & 63].observe(SECONDS[call & 15]);
  },
  observe: (_children, metric) => (from, to) => {
    for (let call = from; call < to; call += 1) {
      const { method, endpoint, status } = LABEL_SETS[call & 63];
      metric.observe({ method, endpoint, status }, SECONDS[call & 15]);
    }
  },
  'observe-labels': (_children, metric) => (from, to) => {
    for (let call = from; call < to; call += 1) {
      const { method, endpoint, status } = LABEL_SETS[call & 63];
      metric.labels(method, endpoint, status).observe(SECONDS[call & 15]);
    }
  },
  timer: (_children, metric) => (from, to) => {
    for (let call = from; call < to; call += 1) {
      const { method, endpoint, status } = LABEL_SETS[call & 63];
      metric.startTimer({ method, endpoint, status })();
    }
  },
  set: (_children, metric) => (from, to) => {
    for (let call = from; call < to; call += 1) {
      const { method, endpoint, status } = LABEL_SETS[call & 63];
      metric.set({ method, endpoint, status }, call);
    }
  },
};

/** Nanoseconds a call. */
async function measureCalls() {
  const registry = CONTENDERS[contender]();
  const metric = makeMetric(registry);
  const children = LABEL_SETS.map(({ method, endpoint, status }) =>
    metric.labels(method, endpoint, status),
  );
  const loop = LOOPS[work](children, metric);
  let calls = 0;
  const batch = (size) => {
    const from = calls;
    calls += size;
    return cpuNs(() => loop(from, calls));
  };
  const batchNs = (budgetMs * 1e6) / 16;
  let size = 1_024;
  while (batch(size) < batchNs) size *= 2;
  batch(size);
  const rounds = Array.from({ length: 11 }, () => batch(size) / size);
  return { figures: { ns: median(rounds) }, wrong: await wrongCalls(registry, calls) };
}

const inBuckets = (seconds) => BUCKETS.filter((bound) => seconds <= bound).length + 1;

/** What the exposition says of so many calls, compared with what it must say. */
async function wrongCalls(registry, calls) {
  const text = Buffer.concat(await registry.render()).toString();
  if (contender === 'off' || contender === 'empty') {
    return /bench/.test(text) && 'a metric that is off shows something';
  }
  const shown = (name) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));
  const same = (name, wanted) => {
    const sum = shown(name).reduce((whole, value) => whole + value, 0);
    return sum !== wanted && `${name} says ${sum}, and it is ${wanted}`;
  };
  if (type === 'counter') return same('bench_total', calls);
  if (type === 'gauge') {
    // The last 64 calls have set each series to a number of their own.
    return same('bench_level', 64 * calls - (64 * 65) / 2);
  }
  if (work === 'timer') return same('bench_seconds_count', calls);
  let buckets = 0;
  for (let call = 0; call < calls; call += 1) buckets += inBuckets(SECONDS[call & 15]);
  return same('bench_seconds_count', calls) || same('bench_seconds_bucket', buckets);
}

/** Label sets as they come from a request: texts that nobody has seen before, not even those that are equal. */
function labelsOf(index) {
  const each = METHODS.length * STATUSES.length;
  const endpoint = middle === 'unique' ? index : Math.floor(index / each);
  return {
    method: METHODS[index % METHODS.length],
    endpoint: `/api/v1/tenants/${100_000 + endpoint}/orders/:id`,
    status: STATUSES[Math.floor(index / METHODS.length) % STATUSES.length],
  };
}

const record = (metric, labels, index) =>
  type === 'counter' ? metric.inc(labels) : metric.observe(labels, SECONDS[index & 15]);

function wrongSeries(text, times) {
  const name = type === 'counter' ? 'bench_total{' : 'bench_seconds_count{';
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  if (lines.length !== series) return `${lines.length} series are shown, and there are ${series}`;
  return (
    lines.some((line) => !line.endsWith(` ${times}`)) && `a series does not show ${times} times`
  );
}

/** Microseconds to make a series, and the same with the first rendering of it. */
async function measureNewSeries() {
  const made = [];
  const rendered = [];
  let wrong = false;
  for (let round = 0; round < 12; round += 1) {
    const registry = CONTENDERS[contender]();
    const metric = makeMetric(registry);
    const sets = Array.from({ length: series }, (_, index) => labelsOf(index));
    globalThis.gc();
    const before = process.cpuUsage();
    const makingNs = cpuNs(() => {
      for (let index = 0; index < series; index += 1) record(metric, sets[index], index);
    });
    const parts = await registry.render();
    const { user, system } = process.cpuUsage(before);
    wrong ||= wrongSeries(Buffer.concat(parts).toString(), 1);
    // In the first ones the compiler is at work.
    if (round < 4) continue;
    made.push(makingNs / 1_000 / series);
    rendered.push((user + system) / series);
  }
  return { figures: { made: median(made), rendered: median(rendered) }, wrong };
}

/**
 * The longest time between two turns of the event loop while something runs: as it goes by, and how much of that this
 * process itself was at work, for neighbours hold it too.
 */
async function longestStall(run) {
  const longest = { wallMs: 0, cpuMs: 0 };
  let lastMs = performance.now();
  let last = process.cpuUsage();
  let running = true;
  const look = () => {
    if (!running) return;
    const { user, system } = process.cpuUsage(last);
    longest.wallMs = Math.max(longest.wallMs, performance.now() - lastMs);
    longest.cpuMs = Math.max(longest.cpuMs, (user + system) / 1_000);
    lastMs = performance.now();
    last = process.cpuUsage();
    setImmediate(look);
  };
  setImmediate(look);
  await run();
  look();
  running = false;
  return longest;
}

/** CPU milliseconds of a rendering, and how long it holds the event loop. No value is the same in two of them. */
async function measureRendering() {
  const registry = CONTENDERS[contender]();
  const metric = makeMetric(registry);
  let times = 0;
  const renew = async () => {
    for (let index = 0; index < series; index += 1) record(metric, labelsOf(index), index);
    times += 1;
    globalThis.gc();
    await turn();
  };
  const cpu = [];
  const stalls = [];
  const enough = performance.now() + budgetMs;
  for (let round = 0; round < 5 || (round < 25 && performance.now() < enough); round += 1) {
    await renew();
    const before = process.cpuUsage();
    await registry.render();
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1_000);
    await renew();
    stalls.push(await longestStall(() => registry.render()));
  }
  const text = Buffer.concat(await registry.render()).toString();
  // The first ones are cold.
  const warm = stalls.slice(1);
  const figures = {
    cpu: median(cpu.slice(2)),
    cold: cpu[0],
    stall: median(warm.map(({ wallMs }) => wallMs)),
    stallCpu: median(warm.map(({ cpuMs }) => cpuMs)),
  };
  return { figures, wrong: wrongSeries(text, times), digest: digestOf(await textAfter(10)) };
}

/** What a fresh registry shows after the same recordings; each contender must show the same. */
async function textAfter(times) {
  const registry = CONTENDERS[contender]();
  const metric = makeMetric(registry);
  for (let time = 0; time < times; time += 1) {
    for (let index = 0; index < 500; index += 1) record(metric, labelsOf(index), index + time);
  }
  return Buffer.concat(await registry.render()).toString();
}

function digestOf(text) {
  const lines = text.split('\n').filter((line) => line.startsWith('bench_'));
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}

async function memoryUsed() {
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function filledRegistry(size) {
  const registry = CONTENDERS[contender]();
  const metric = makeMetric(registry);
  for (let index = 0; index < size; index += 1) record(metric, labelsOf(index), index);
  return registry;
}

/** Bytes of memory that a series keeps, its texts included, before the first scrape and after it. */
async function measureHeap() {
  // Code, and what the compiler has learnt, are no part of a series.
  await filledRegistry(2_000).render();
  const before = await memoryUsed();
  const registry = filledRegistry(series);
  const filled = await memoryUsed();
  const wrong = await wrongIn(registry);
  const scraped = await memoryUsed();
  // Whoever needs the registry now keeps it until now.
  await registry.render();
  const figures = { filled: (filled - before) / series, scraped: (scraped - before) / series };
  return { figures, wrong };
}

/** In a function of its own, so that the text is gone when memory is looked at. */
async function wrongIn(registry) {
  return wrongSeries(Buffer.concat(await registry.render()).toString(), 1);
}

const works = { new: measureNewSeries, render: measureRendering, heap: measureHeap };
const result = await (works[work] ?? measureCalls)();
console.log(JSON.stringify(result));
