// GET /health beside @nestjs/terminus: throughput, latency and how often the checks are executed.
// `--quick` makes it short, `--json` prints the numbers, and ids of scenarios choose among them.
import { machine, median, show, table } from './figures.mjs';
import { assertRightAnswer, rightAnswer } from './health-answers.mjs';
import { loadFor, startServer } from './load.mjs';

/**
 * `form` is how the indicators of Terminus are written, the fastest way that has what the title says. `everyMs` is the
 * least time between two executions of one of our checks, however many requests come.
 */
const SCENARIOS = [
  { id: 'a1', title: '50 instant checks, async', checks: 50, work: 'async', form: 'up' },
  { id: 'a2', title: '50 instant checks, sync', checks: 50, work: 'sync', form: 'up' },
  {
    id: 'a3',
    title: '50 instant checks with deadlines',
    checks: 50,
    work: 'async',
    form: 'deadline',
  },
  { id: 'b', title: '1 check of 20 ms', checks: 1, work: 'wait', form: 'up', everyMs: 20 },
  {
    id: 'c',
    title: '1 check of 20 ms, cached for 1 s',
    checks: 1,
    work: 'wait',
    form: 'cached',
    cacheMs: 1_000,
    everyMs: 1_000,
  },
  {
    id: 'd',
    title: '50 instant checks, cached for 1 s',
    checks: 50,
    work: 'async',
    form: 'cached',
    cacheMs: 1_000,
    everyMs: 1_000,
  },
].map((scenario) => ({ ...scenario, waitMs: 20, connections: scenario.checks === 1 ? 200 : 20 }));

const PLATFORMS = ['express', 'fastify'];
const CONTENDERS = ['ours', 'terminus'];

const switches = process.argv.slice(2);
const chosen = switches.filter((text) => !text.startsWith('--'));
const plan = switches.includes('--quick')
  ? { rounds: 3, seconds: 1, warmUpSeconds: 1 }
  : { rounds: 7, seconds: 2, warmUpSeconds: 2 };

/** One contender after the other, again and again: what slows the machine down for a while meets both. */
async function measure(platform, scenario) {
  const sides = await Promise.all(
    CONTENDERS.map(async (contender) => ({
      contender,
      server: await startServer({ platform, contender, ...scenario }),
      load: { connections: scenario.connections, isRight: rightAnswer(contender, scenario.checks) },
      rounds: [],
    })),
  );
  try {
    for (const { server, load } of sides) await loadFor(plan.warmUpSeconds, server, load);
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const { contender, server, load, rounds } of sides) {
        await assertRightAnswer(server, contender, scenario.checks);
        rounds.push(await loadFor(plan.seconds, server, load));
      }
    }
  } finally {
    for (const { server } of sides) server.child.disconnect();
  }
  return Object.fromEntries(sides.map(({ contender, rounds }) => [contender, rounds]));
}

/** What the rounds come to, and what is wrong with it. Each round is compared with the one beside it. */
function judge(platform, { title, checks, everyMs, form }, { ours, terminus }) {
  const ratios = ours.map((round, index) => round.perSecond / terminus[index].perSecond);
  const ratio = median(ratios);
  const allowed = ({ elapsedMs }) => checks * (Math.floor(elapsedMs / everyMs) + 1);
  const faults = [
    ratio < 1 && `ours answers ${show(ratio)} times what Terminus answers`,
    everyMs !== undefined &&
      ours.some((round) => round.executions > allowed(round)) &&
      `our checks were executed more often than once in ${everyMs} ms`,
    ...Object.entries({ ours, terminus }).flatMap(([contender, rounds]) => [
      rounds.some(({ wrong }) => wrong > 0) && `${contender} gave wrong answers or none`,
      rounds.some(({ responses }) => responses === 0) && `${contender} gave no answer`,
      rounds.every(({ executions }) => executions === 0) && `${contender} never executed a check`,
    ]),
  ];
  return {
    platform,
    title,
    form,
    ratio,
    ratios,
    bound: everyMs === undefined ? undefined : (checks * 1_000) / everyMs,
    ours,
    terminus,
    faults: faults.filter((fault) => fault !== false),
  };
}

const executionsPerSecond = ({ executions, elapsedMs }) => executions / (elapsedMs / 1_000);

const middle = (rounds, what) => show(median(rounds.map(what)));

function rowOf({ platform, title, form, ratio, ratios, bound, ours, terminus }) {
  return [
    platform,
    title,
    form,
    middle(ours, ({ perSecond }) => perSecond),
    middle(terminus, ({ perSecond }) => perSecond),
    `${show(ratio)} (${show(Math.min(...ratios))}–${show(Math.max(...ratios))})`,
    middle(ours, ({ p99Ms }) => p99Ms),
    middle(terminus, ({ p99Ms }) => p99Ms),
    middle(ours, executionsPerSecond),
    bound === undefined ? '' : show(bound),
    middle(terminus, executionsPerSecond),
  ];
}

const HEAD = [
  'platform',
  'scenario',
  'Terminus form',
  'req/s ours',
  'Terminus',
  'ratio (range)',
  'p99 ms ours',
  'Terminus',
  'executions/s ours',
  'bound',
  'Terminus',
];

const results = [];
for (const scenario of SCENARIOS) {
  if (chosen.length > 0 && !chosen.includes(scenario.id)) continue;
  for (const platform of PLATFORMS) {
    results.push(judge(platform, scenario, await measure(platform, scenario)));
  }
}

if (switches.includes('--json')) {
  console.log(JSON.stringify({ machine: machine(), plan, results }, undefined, 2));
} else {
  console.log(`${machine()}; medians of ${plan.rounds} rounds of ${plan.seconds} s\n`);
  console.log(table(HEAD, results.map(rowOf), 3));
}
for (const { platform, title, faults } of results) {
  for (const fault of faults) console.error(`FAULT: ${platform}, ${title}: ${fault}`);
}
process.exitCode = results.some(({ faults }) => faults.length > 0) ? 1 : 0;
