// SIGTERM under load: how many requests fail, with enableGracefulShutdown and with the graceful shutdown of Terminus.
// `--quick` makes it short, `--json` prints the numbers, and names of platforms choose between them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startDatabase } from './draining-database.mjs';
import { Traffic, untilTakenOut } from './draining-load.mjs';
import { machine, show, table } from './figures.mjs';

const PLATFORMS = ['express', 'fastify'];

/** How an application is written; what stands in `draining-app.mjs` under these ids. */
const CONTENDERS = [
  { id: 'ours', title: '`enableGracefulShutdown`' },
  { id: 'terminus', title: 'Terminus' },
  { id: 'terminus-late', title: 'Terminus, database closed last' },
  { id: 'hooks', title: '`enableShutdownHooks` alone' },
];

/** How long it takes until nobody sends any more once readiness has fallen, as a part of the drain. */
const BALANCERS = [
  { id: 'quick', propagated: 0 },
  { id: 'slow', propagated: 1 / 2 },
];

const PROBE = { periodMs: 100, failureThreshold: 2 };
const LOAD = { clients: 8, pauseMs: 10 };
const WARM_UP_REQUESTS = 200;

/** A process that has not ended this long after the signal is killed. */
const END_MS = 20_000;

/** A balancer that was held up, and sent for longer than the application drains, is given another try. */
const TRIES = 5;

const switches = process.argv.slice(2);
const chosen = switches.filter((text) => !text.startsWith('--'));
const plan = switches.includes('--quick')
  ? { rounds: 1, drainMs: 1_200, contenders: CONTENDERS.slice(0, 2) }
  : { rounds: 3, drainMs: 2_000, contenders: CONTENDERS };

async function start(options) {
  const child = fork(new URL('draining-app.mjs', import.meta.url), [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', ENABLE_METRICS: '', SENTRY_DSN: '' },
  });
  const end = once(child, 'exit');
  const [message] = await Promise.race([once(child, 'message'), end]);
  if (message?.port === undefined) throw new Error('The application has ended before it listened');
  return { child, port: message.port, end };
}

/** One application from its start to its end. */
async function shutDown(platform, contender, { propagated }, databasePort) {
  const { drainMs } = plan;
  const { child, port, end } = await start({
    platform,
    contender,
    databasePort,
    drainMs,
  });
  const traffic = new Traffic({ port, ...LOAD });
  const takenOut = untilTakenOut({ port, propagationMs: propagated * drainMs, ...PROBE });
  await traffic.answered(WARM_UP_REQUESTS);

  const signalMs = performance.now();
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await takenOut;
  traffic.stop();
  const sentForMs = performance.now() - signalMs;
  await traffic.settled();
  const [code, signal] = await end;
  clearTimeout(patience);
  return { ...countsOf(traffic.requests, signalMs), sentForMs, end: signal ?? `code ${code}` };
}

/** Only requests count that the shutdown could harm: those under way when the signal was sent, and those after it. */
function countsOf(requests, signalMs) {
  const before = requests.filter(({ endMs }) => endMs < signalMs);
  const counted = requests.filter(({ endMs }) => endMs >= signalMs);
  const failures = {};
  for (const { outcome } of counted) {
    if (outcome !== '200') failures[outcome] = (failures[outcome] ?? 0) + 1;
  }
  return {
    before: before.length,
    failedBefore: before.filter(({ outcome }) => outcome !== '200').length,
    requests: counted.length,
    inFlight: counted.filter(({ startMs }) => startMs < signalMs).length,
    onKept: counted.filter(({ connection }) => connection === 'kept').length,
    onNew: counted.filter(({ connection }) => connection === 'new').length,
    failed: counted.filter(({ outcome }) => outcome !== '200').length,
    failures,
  };
}

/** A machine that stands still may hold up this process, the balancer and all: what is then measured is something else. */
async function shutDownInTime(...which) {
  for (let tries = 1; ; tries += 1) {
    const round = await shutDown(...which);
    if (round.sentForMs < plan.drainMs || tries === TRIES) return round;
  }
}

function sum(rounds, key) {
  return rounds.reduce((total, round) => total + round[key], 0);
}

/** What the rounds of one contender come to, and what is wrong with it. */
function judge({ platform, balancer, contender, rounds }) {
  const [requests, failed] = [sum(rounds, 'requests'), sum(rounds, 'failed')];
  const faults = [
    sum(rounds, 'failedBefore') > 0 && 'requests failed before the signal',
    sum(rounds, 'inFlight') === 0 && 'no request was under way at the signal',
    (sum(rounds, 'onKept') === 0 || sum(rounds, 'onNew') === 0) &&
      'there was no load of both kinds',
    rounds.some(({ sentForMs }) => sentForMs >= plan.drainMs) &&
      'the balancer sent for longer than the application drains',
    contender.id === 'ours' && failed > 0 && `${failed} requests failed`,
    contender.id === 'ours' &&
      rounds.some(({ end }) => end !== 'code 0') &&
      'the exit code is not 0',
    contender.id === 'terminus' && failed * 2 <= requests && 'most requests were answered',
  ];
  return {
    platform,
    balancer: balancer.id,
    contender: contender.id,
    requests,
    failed,
    rounds,
    faults: faults.filter((fault) => fault !== false),
  };
}

const HEAD = [
  'platform',
  'balancer',
  'contender',
  'requests',
  'failed',
  'share',
  'how',
  'ended by',
];

function rowOf({ platform, balancer, contender, requests, failed, rounds }) {
  const kinds = [...new Set(rounds.flatMap(({ failures }) => Object.keys(failures)))];
  const failures = rounds.map((round) => round.failures);
  return [
    platform,
    balancer,
    CONTENDERS.find(({ id }) => id === contender).title,
    requests.toLocaleString('en'),
    failed.toLocaleString('en'),
    `${show((failed / requests) * 100)} %`,
    kinds
      .map(
        (kind) =>
          `${kind}: ${sum(
            failures.map((of) => ({ [kind]: 0, ...of })),
            kind,
          )}`,
      )
      .join(', '),
    [...new Set(rounds.map(({ end }) => end))].join(', '),
  ];
}

const sides = PLATFORMS.filter(
  (platform) => chosen.length === 0 || chosen.includes(platform),
).flatMap((platform) =>
  BALANCERS.flatMap((balancer) =>
    plan.contenders.map((contender) => ({ platform, balancer, contender, rounds: [] })),
  ),
);
const database = await startDatabase();
for (let round = 0; round < plan.rounds; round += 1) {
  for (const { platform, balancer, contender, rounds } of sides) {
    rounds.push(await shutDownInTime(platform, contender.id, balancer, database.address().port));
  }
}
database.close();

const results = sides.map(judge);
if (switches.includes('--json')) {
  console.log(JSON.stringify({ machine: machine(), plan, results }, undefined, 2));
} else {
  console.log(`${machine()}; ${plan.rounds} rounds, drained for ${plan.drainMs} ms\n`);
  console.log(table(HEAD, results.map(rowOf), 3));
}
for (const { platform, balancer, contender, faults } of results) {
  for (const fault of faults)
    console.error(`FAULT: ${platform}, ${balancer} balancer, ${contender}: ${fault}`);
}
process.exitCode = results.some(({ faults }) => faults.length > 0) ? 1 : 0;
