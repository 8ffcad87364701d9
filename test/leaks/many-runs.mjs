// Runs checks of every kind on the built package, and says on standard output what is left of them.
import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { degraded, HealthRegistry } from 'nestjs-observability';

const RUNS = 100_000;
const WARM_UP = 20_000;
const SAMPLES = 10;
const ASKS_A_ROUND = 12;

// A noisy machine gets warnings that the event loop stood still.
Logger.overrideLogger(false);
const registry = new HealthRegistry();
registry.startBackground();

const told = { runs: 0, transitions: 0, strayTransitions: 0, foreignListeners: 0 };

/** The signals of the round, each with the number of listeners that its check has left on it. */
let signals = [];
/** Ends the runs of the round that have passed their deadline. */
let late = [];
let round = 0;

function keep(signal, left) {
  signals.push({ signal, left });
  return signal;
}

const KINDS = {
  sync: () => {},
  async: async () => {},
  throws: () => {
    throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
  },
  rejects: () => Promise.reject(new Error('password=hunter2 was refused')),
  degraded: () => degraded(`round ${round}`, { round, pool: { free: 1, waiting: [round] } }),
  indicator: async () => ({ db: { status: 'up', round } }),
  flapping: () => (round % 6 < 3 ? 'healthy' : 'unhealthy'),
  takesSignal: async ({ signal }) => void keep(signal, 0),
  listens: async ({ signal }) => keep(signal, 1).addEventListener('abort', () => {}),
  listensByProperty: ({ signal }) => {
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- this is another way to listen
    keep(signal, 1).onabort = () => {};
  },
  combines: async ({ signal }) => {
    const either = AbortSignal.any([keep(signal, 0), new AbortController().signal]);
    await turn(undefined, { signal: either });
  },
};

const OPTIONS = {
  flapping: { failureThreshold: 2, successThreshold: 2 },
  async: { cacheMs: 1 },
  sync: { probes: ['liveness'] },
};

/** Settles long after its deadline. */
function silent({ signal }) {
  keep(signal, 1).addEventListener('abort', () => {});
  return new Promise((resolve) => late.push(resolve));
}

function counted(check) {
  return (context) => {
    told.runs += 1;
    return check(context);
  };
}

function registerAll(suffix, options) {
  return Object.entries(KINDS).map(([kind, check]) =>
    registry.registerCheck(kind + suffix, counted(check), { ...OPTIONS[kind], ...options }),
  );
}

async function askLastingChecks() {
  for (let asked = 0; asked < ASKS_A_ROUND; asked += 1) await registry.run();
  await registry.asIndicator();
  for (const name of registry.names()) registry.history(name);
  registry.report();
}

/** Checks that come and go, each round under names that no round has had before. */
async function askPassingChecks() {
  // An hour, so that what a cancelled timer leaves behind until its time would show.
  const removals = registerAll(`-${round}`, { intervalMs: 3_600_000 });
  let listens = true;
  const removeListener = registry.onTransition(() => {
    told[listens ? 'transitions' : 'strayTransitions'] += 1;
  });
  registry.registerCheck(`silent-${round}`, counted(silent), { timeoutMs: 1 });
  registry.registerCheck(`removed-${round}`, counted(silent));
  const removed = registry.runCheck(`removed-${round}`);
  queueMicrotask(() => registry.unregister(`removed-${round}`));
  await Promise.all([removed, registry.run()]);
  registry.unregister(`silent-${round}`);
  for (const remove of removals) remove();
  removeListener();
  listens = false;
}

async function settleAll() {
  for (const settle of late) settle();
  await turn();
  for (const { signal, left } of signals) {
    told.foreignListeners += getEventListeners(signal, 'abort').length - left;
  }
  late = [];
  signals = [];
}

async function runUntil(runs) {
  while (told.runs < runs) {
    round += 1;
    await askLastingChecks();
    await askPassingChecks();
    await settleAll();
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

registerAll('', {});
registry.registerCheck('silent', counted(silent), { timeoutMs: 1 });
registry.onTransition(() => {
  told.transitions += 1;
});
await runUntil(WARM_UP);

const samples = [];
for (let sample = 1; sample <= SAMPLES; sample += 1) {
  await runUntil(WARM_UP + ((RUNS - WARM_UP) * sample) / SAMPLES);
  samples.push({ runs: told.runs, bytes: await usedHeap() });
}

const passing = registry.names().filter((name) => name.includes('-'));
const timers = process
  .getActiveResourcesInfo()
  .filter((resource) => ['Timeout', 'Immediate'].includes(resource));
process.stdout.write(JSON.stringify({ ...told, passing, timers, samples }));
