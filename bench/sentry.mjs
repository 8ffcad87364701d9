// What Sentry costs at the start and of each request: off, for errors only, and with traces, beside the wiring that
// @sentry/nestjs documents. `--quick` makes it short, `--json` prints the numbers.
import { machine, median, quantile, show, table } from './figures.mjs';
import { assertWrk, load, startServer } from './wrk.mjs';

const switches = process.argv.slice(2);
const plan = switches.includes('--quick')
  ? { starts: 3, rounds: 3, seconds: 1 }
  : { starts: 5, rounds: 5, seconds: 2 };

/** Both sides of noise: what is the same comes out as this or less. */
const SAME = 1.05;

const OURS_EARLY = ['--import', new URL('../dist/lib/instrument.js', import.meta.url).href];
const OFFICIAL = ['--import', new URL('sentry-official.mjs', import.meta.url).href];

const TRACES = { SENTRY_TRACES_SAMPLE_RATE: '0.1' };

/** `than` names the side that a side may not cost more than. */
const SIDES = [
  { id: 'none', title: 'without module and Sentry', wiring: 'none' },
  { id: 'off', title: 'ours, no DSN', wiring: 'ours' },
  {
    id: 'official',
    title: 'official, errors only',
    wiring: 'official',
    execArgv: OFFICIAL,
    on: {},
  },
  { id: 'errors', title: 'ours, errors only', wiring: 'ours', on: {}, than: 'official' },
  {
    id: 'errors-early',
    title: 'ours, errors only, `--import`',
    wiring: 'ours',
    execArgv: OURS_EARLY,
    on: {},
    than: 'official',
  },
  {
    id: 'official-traces',
    title: 'official, traces',
    wiring: 'official',
    execArgv: OFFICIAL,
    on: TRACES,
  },
  { id: 'traces', title: 'ours, traces', wiring: 'ours', execArgv: OURS_EARLY, on: TRACES },
];

/**
 * Which sides are asked for what. An answer of 500 is an event where Sentry is on: what that costs is shown and not judged,
 * as only ours is searched for secrets.
 */
const REQUESTS = [
  { path: '/hello', status: 200, judged: true, sides: SIDES.map(({ id }) => id) },
  { path: '/missing', status: 404, judged: true, sides: ['none', 'off', 'official', 'errors'] },
  { path: '/fail', status: 500, judged: false, sides: ['none', 'off', 'official', 'errors'] },
];

async function start(side, platform, dsn) {
  const { wiring, execArgv, on } = side;
  const env = on === undefined ? {} : { SENTRY_DSN: dsn, ...on };
  const started = await startServer('sentry-server.mjs', { wiring, platform }, { env, execArgv });
  return { ...side, ...started };
}

/** Fresh processes, one side after the other, again and again: what slows the machine down for a while meets all. */
async function measureStarts(platform, dsn) {
  const starts = SIDES.map((side) => ({ ...side, figures: [] }));
  for (let round = 0; round < plan.starts; round += 1) {
    for (const side of starts) {
      const { server, startMs, megabytes } = await start(side, platform, dsn);
      server.disconnect();
      side.figures.push({ startMs, megabytes });
    }
  }
  return starts;
}

async function measureRequests(platform, dsn) {
  const servers = await Promise.all(SIDES.map((side) => start(side, platform, dsn)));
  const groups = [];
  try {
    for (const { path, status, judged, sides } of REQUESTS) {
      const asked = servers
        .filter(({ id }) => sides.includes(id))
        .map((side) => ({ ...side, figures: [] }));
      for (const side of asked) await load(side, side.url + path, 1);
      for (let round = 0; round < plan.rounds; round += 1) {
        for (const side of asked) {
          const figures = await load(side, side.url + path, plan.seconds);
          const isWrong = figures.broken || figures.others !== (status === 200 ? 0 : 1);
          side.figures.push({ ...figures, isWrong });
        }
      }
      groups.push({ path, platform, judged, sides: asked });
    }
  } finally {
    for (const { server } of servers) server.disconnect();
  }
  return groups;
}

/** The ratios of a side to another, each of the same round. */
function ratios(sides, id, than, figure) {
  const of = (wanted) => sides.find((side) => side.id === wanted).figures;
  return of(id).map((figures, round) => figures[figure] / of(than)[round][figure]);
}

const quartiles = (values) =>
  `${show(median(values))} (${show(quantile(values, 0.25))}–${show(quantile(values, 0.75))})`;

const medianOf = ({ figures }, figure) => show(median(figures.map((one) => one[figure])));

function startsTable(sides) {
  const head = ['start', 'ms', 'of none', 'MiB', 'of none'];
  const rows = sides.map((side) => [
    side.title,
    medianOf(side, 'startMs'),
    quartiles(ratios(sides, side.id, 'none', 'startMs')),
    medianOf(side, 'megabytes'),
    quartiles(ratios(sides, side.id, 'none', 'megabytes')),
  ]);
  return table(head, rows);
}

function requestsTable({ path, sides }) {
  const head = [`GET ${path}`, 'req/s', 'CPU µs a request', 'of none', 'of official'];
  const rows = sides.map((side) => [
    side.title,
    medianOf(side, 'perSecond'),
    medianOf(side, 'cpuUs'),
    quartiles(ratios(sides, side.id, 'none', 'cpuUs')),
    side.than === undefined ? '' : quartiles(ratios(sides, side.id, side.than, 'cpuUs')),
  ]);
  return table(head, rows);
}

function faultsOfStarts(platform, sides) {
  return sides
    .filter(({ than }) => than !== undefined)
    .flatMap(({ id, title, than }) =>
      ['startMs', 'megabytes']
        .filter((figure) => median(ratios(sides, id, than, figure)) > SAME)
        .map((figure) => `${platform}: ${title} starts with more ${figure} than ${than}`),
    );
}

function faultsOfRequests({ path, platform, judged, sides }) {
  const subject = `${platform}, GET ${path}`;
  return [
    ...sides
      .filter(({ figures }) => figures.some(({ isWrong }) => isWrong))
      .map(({ title }) => `${subject}: ${title} gave wrong answers`),
    ...sides
      .filter(({ id, than }) => judged && than && median(ratios(sides, id, than, 'cpuUs')) > 1)
      .map(({ title, than }) => `${subject}: ${title} costs more than ${than}`),
  ];
}

/** What an exception costs more than an answer that is none, of what it costs without the module: Sentry's part when off. */
function costOfOff(groups, path) {
  const beyond = (id) => {
    const cpuUs = (asked) =>
      groups
        .find((group) => group.path === asked)
        .sides.find((side) => side.id === id)
        .figures.map((figures) => figures.cpuUs);
    return median(cpuUs(path)) / median(cpuUs('/hello'));
  };
  return beyond('off') / beyond('none');
}

assertWrk();
const receiver = await startServer('sentry-receiver.mjs', {});
const dsn = `http://key@127.0.0.1:${receiver.port}/1`;
const results = [];
try {
  for (const platform of ['express', 'fastify']) {
    const starts = await measureStarts(platform, dsn);
    results.push({ platform, starts, groups: await measureRequests(platform, dsn) });
  }
} finally {
  receiver.server.disconnect();
}

const faults = results.flatMap(({ platform, starts, groups }) => [
  ...faultsOfStarts(platform, starts),
  ...groups.flatMap(faultsOfRequests),
  ...['/missing', '/fail']
    .filter((path) => costOfOff(groups, path) > SAME)
    .map(
      (path) =>
        `${platform}, GET ${path}: without a DSN an exception costs more than without the module`,
    ),
]);
if (switches.includes('--json')) {
  console.log(JSON.stringify({ machine: machine(), plan, results }, undefined, 2));
} else {
  console.log(
    `${machine()}; medians and quartiles of ${plan.starts} starts and ${plan.rounds} rounds of ${plan.seconds} s`,
  );
  for (const { platform, starts, groups } of results) {
    console.log(`\n${platform}\n\n${startsTable(starts)}`);
    for (const group of groups) console.log(`\n${requestsTable(group)}`);
    for (const path of ['/missing', '/fail']) {
      console.log(`\nno DSN, ${path} as against /hello, of none: ${show(costOfOff(groups, path))}`);
    }
  }
}
for (const fault of faults) console.error(`FAULT: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
