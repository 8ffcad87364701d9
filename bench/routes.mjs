// GET /health/live beside a bare node:http handler with the same headers, and what standing in front costs every other
// request. `--quick` makes it short, `--json` prints the numbers.
import { machine, median, show, table } from './figures.mjs';
import { assertWrk, load, startServer } from './wrk.mjs';

const switches = process.argv.slice(2);
const plan = switches.includes('--quick') ? { rounds: 5, seconds: 1 } : { rounds: 9, seconds: 3 };

/** The least that the liveness route reaches of a bare handler, in requests a second. */
const LEAST = 0.8;

/** A server that has less to do than this waits for its load. */
const BUSY = 0.9;

const LIVE = [
  { title: 'node:http, a bare handler', contender: 'bare' },
  { title: 'management port', contender: 'management', least: LEAST },
  { title: 'in front of Express', contender: 'front', platform: 'express', least: LEAST },
  { title: 'in front of Fastify', contender: 'front', platform: 'fastify', least: LEAST },
  { title: 'a controller on Express', contender: 'controller', platform: 'express' },
  { title: 'a controller on Fastify', contender: 'controller', platform: 'fastify' },
].map((side) => ({ ...side, path: '/health/live' }));

const OTHER = ['express', 'fastify'].map((platform) => [
  { title: `${platform} alone`, contender: 'controller', platform, path: '/hello' },
  { title: `${platform}, with the module`, contender: 'front', platform, path: '/hello' },
]);

async function start(side) {
  const started = await startServer('routes-server.mjs', side);
  return { ...side, ...started, rounds: [] };
}

/** One side after the other, again and again: what slows the machine down for a while meets all of them. */
async function measure(sides) {
  const started = await Promise.all(sides.map(start));
  try {
    for (const side of started) await load(side, side.url + side.path, 1);
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const side of started)
        side.rounds.push(await load(side, side.url + side.path, plan.seconds));
    }
  } finally {
    for (const { server } of started) server.disconnect();
  }
  const [first] = started;
  return started.map(({ title, least, rounds }) => ({
    title,
    least,
    perSecond: median(rounds.map((round) => round.perSecond)),
    cpuUs: median(rounds.map((round) => round.cpuUs)),
    busy: median(rounds.map((round) => round.busy)),
    ratios: rounds.map((round, index) => round.perSecond / first.rounds[index].perSecond),
    cpuRatio: median(rounds.map((round, index) => round.cpuUs / first.rounds[index].cpuUs)),
    wrong: rounds.some((round) => round.others > 0 || round.broken),
  }));
}

function faultsOf({ title, least, ratios, busy, wrong }) {
  return [
    wrong && `${title} gave wrong answers`,
    busy < BUSY &&
      `${title} waited for its load: it was busy for ${show(busy * 100)} % of the time`,
    least !== undefined &&
      median(ratios) < least &&
      `${title} reaches ${show(median(ratios))} of a bare handler, and ${least} is the least`,
  ].filter((fault) => fault !== false);
}

const HEAD = ['', 'req/s', 'ratio (range)', 'CPU µs a request', 'ratio', 'busy %'];

const rowOf = ({ title, perSecond, ratios, cpuUs, cpuRatio, busy }) => [
  title,
  show(perSecond),
  `${show(median(ratios))} (${show(Math.min(...ratios))}–${show(Math.max(...ratios))})`,
  show(cpuUs),
  show(cpuRatio),
  show(busy * 100),
];

assertWrk();
const groups = [];
for (const sides of [LIVE, ...OTHER]) groups.push(await measure(sides));

if (switches.includes('--json')) {
  console.log(JSON.stringify({ machine: machine(), plan, groups }, undefined, 2));
} else {
  console.log(`${machine()}; medians of ${plan.rounds} rounds of ${plan.seconds} s`);
  for (const group of groups) console.log(`\n${table(HEAD, group.map(rowOf))}`);
}
const faults = groups.flat().flatMap(faultsOf);
for (const fault of faults) console.error(`FAULT: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
