// Metrics beside prom-client and beside the least there is to do: calls, new series, renderings, memory and HTTP requests.
// `--quick` makes it short, `--json` prints the numbers, and beginnings of ids choose among the scenarios.
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { machine, median, quantile, show, table } from './figures.mjs';
import { HTTP_HEAD, HTTP_SCENARIOS, httpRowsOf, judgeHttp, measureHttp } from './metrics-http.mjs';

/**
 * `least` is how many times faster than prom-client ours must be, `most` how many times as much it may take. What has
 * neither is shown and not judged. `same` must not be told from the floor.
 */
const CALLS = [
  { id: 'inc-bound', type: 'counter', title: 'child.inc(), the child kept', least: 100 },
  { id: 'inc', type: 'counter', title: 'inc({ 3 labels })', least: 5 },
  { id: 'inc-labels', type: 'counter', title: 'labels(a, b, c).inc()', least: 1 },
  { id: 'observe-bound', type: 'histogram', title: 'child.observe(v), the child kept', least: 35 },
  { id: 'observe', type: 'histogram', title: 'observe({ 3 labels }, v)', least: 7 },
  { id: 'observe-labels', type: 'histogram', title: 'labels(a, b, c).observe(v)' },
  { id: 'timer', type: 'histogram', title: 'startTimer({ 3 labels })()', floor: false },
  { id: 'set', type: 'gauge', title: 'gauge.set({ 3 labels }, v)', floor: false },
].map(({ id, type, title, least, floor = true }) => ({
  id: `call-${id}`,
  job: { work: id, type },
  contenders: ['ours', 'prom-client', ...(floor ? ['floor'] : [])],
  rows: [{ figure: 'ns', unit: 'ns', title, least }],
}));

const OFF = [
  { id: 'inc-bound', type: 'counter', title: 'off: child.inc(), the child kept' },
  { id: 'inc', type: 'counter', title: 'off: inc({ 3 labels })' },
  { id: 'inc-labels', type: 'counter', title: 'off: labels(a, b, c).inc()' },
  { id: 'observe', type: 'histogram', title: 'off: observe({ 3 labels }, v)' },
].map(({ id, type, title }) => ({
  id: `off-${id}`,
  job: { work: id, type },
  contenders: ['off', 'empty'],
  rows: [{ figure: 'ns', unit: 'ns', title, same: true }],
}));

/** A histogram has 14 lines for each of its series. */
const LINES = 14;

const NEW = [
  { type: 'counter', series: 20_000 },
  { type: 'histogram', series: 5_000 },
].map(({ type, series }) => ({
  id: `new-${type}`,
  job: { work: 'new', type, series },
  contenders: ['ours', 'prom-client', 'floor'],
  rows: [
    { figure: 'made', unit: 'µs', title: `a new series, ${type}`, most: 1.7 },
    { figure: 'rendered', unit: 'µs', title: `  and its first rendering` },
  ],
}));

const RENDER = ['counter', 'histogram'].flatMap((type) =>
  [10_000, 100_000].map((lines) => ({
    id: `render-${type}-${lines / 1_000}k`,
    job: { work: 'render', type, series: Math.ceil(lines / (type === 'counter' ? 1 : LINES)) },
    contenders: ['ours', 'prom-client', 'floor'],
    rows: [
      {
        figure: 'cpu',
        unit: 'ms',
        title: `rendering ${show(lines)} lines, ${type}s`,
        least: type === 'counter' ? 10 : 7,
      },
      { figure: 'cold', unit: 'ms', title: '  the first time' },
      {
        figure: 'stall',
        unit: 'ms',
        title: '  longest stall meanwhile',
        least: lines === 100_000 ? 50 : undefined,
      },
      { figure: 'stallCpu', unit: 'ms', title: '  of CPU time' },
    ],
  })),
);

const HEAP = [
  { id: 'counter', type: 'counter', series: 100_000, most: 1.15 },
  { id: 'histogram', type: 'histogram', series: Math.ceil(100_000 / LINES), most: 0.9 },
  { id: 'unique-counter', type: 'counter', series: 100_000, middle: 'unique' },
].map(({ id, type, series, middle, most }) => ({
  id: `heap-${id}`,
  job: { work: 'heap', type, series, middle },
  contenders: ['ours', 'prom-client', 'floor'],
  rows: [
    {
      figure: 'filled',
      unit: 'B',
      title: `heap per series, ${type}${middle === undefined ? '' : ', an endpoint each'}`,
      most,
    },
    { figure: 'scraped', unit: 'B', title: '  after a scrape', most },
  ],
}));

const switches = process.argv.slice(2);
const beginnings = switches.filter((text) => !text.startsWith('--'));
const plan = switches.includes('--quick')
  ? { rounds: 3, callsMs: 200, renderingMs: 500, httpRounds: 30, sliceSeconds: 0.2 }
  : { rounds: 7, callsMs: 600, renderingMs: 3_000, httpRounds: 150, sliceSeconds: 0.2 };

const isChosen = ({ id }) =>
  beginnings.length === 0 || beginnings.some((beginning) => id.startsWith(beginning));

/** On one core nothing that runs beside it takes CPU time away, or adds some. */
const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
const WORK = fileURLToPath(new URL('metrics-work.mjs', import.meta.url));

async function runOnce(contender, job, core) {
  const budgetMs = job.work === 'render' ? plan.renderingMs : plan.callsMs;
  const node = [
    process.execPath,
    '--expose-gc',
    WORK,
    JSON.stringify({ ...job, contender, budgetMs }),
  ];
  const [command, ...args] = canPin ? ['taskset', '-c', String(core), ...node] : node;
  const { stdout } = await promisify(execFile)(command, args, {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return JSON.parse(stdout);
}

/** One contender after the other on the same core, then on the next core the other way round, and so on. */
async function measure({ id, job, contenders, rows }) {
  const rounds = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    const results = {};
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) {
      results[contender] = await runOnce(contender, job, round % availableParallelism());
    }
    rounds.push(results);
  }
  const wrong = rounds.flatMap((results) =>
    Object.entries(results)
      .filter(([, result]) => result.wrong !== false)
      .map(([contender, result]) => `${contender}: ${result.wrong}`),
  );
  const digests = new Set(
    rounds.flatMap((results) => Object.values(results).map(({ digest }) => digest)),
  );
  const faults = [
    ...new Set(wrong),
    ...(digests.size > 1 ? ['not all contenders show the same'] : []),
  ];
  return { id, faults, rows: rows.map((row) => judge(row, rounds)) };
}

/** Ratios are of the same round, which met the same neighbours. */
function judge({ figure, unit, title, least, most, same }, rounds) {
  const of = (contender) => rounds.map((results) => results[contender]?.figures[figure]);
  const [mine, theirs] = same === true ? [of('off'), of('empty')] : [of('ours'), of('prom-client')];
  const ratios = mine.map((value, round) =>
    most === undefined && same !== true ? theirs[round] / value : value / theirs[round],
  );
  const ratio = median(ratios);
  const missed =
    ratio < (least ?? 0) ||
    ratio > (most ?? Infinity) ||
    // What differs by less than it differs from itself cannot be told apart.
    (same === true && quantile(mine, 0.25) > quantile(theirs, 0.75));
  const target =
    (least !== undefined && `≥ ${least}×`) ||
    (most !== undefined && `≤ ${most}×`) ||
    (same === true && 'the same') ||
    '';
  const rest =
    same === true ? { ours: mine, floor: theirs } : { ours: mine, theirs, floor: of('floor') };
  return { title, unit, target, missed, ratio, ratios, ...rest };
}

const middle = (values) =>
  values === undefined || values.includes(undefined) ? '' : show(median(values));

const HEAD = ['', 'unit', 'ours', 'prom-client', 'floor', 'ratio (quartiles)', 'target', ''];

function rowOf({ title, unit, target, missed, ratio, ratios, ours, theirs, floor }) {
  return [
    title,
    unit,
    middle(ours),
    middle(theirs),
    middle(floor),
    `${show(ratio)} (${show(quantile(ratios, 0.25))}–${show(quantile(ratios, 0.75))})`,
    target,
    missed ? 'MISSED' : '',
  ];
}

const results = [];
for (const scenario of [...CALLS, ...OFF, ...NEW, ...RENDER, ...HEAP].filter(isChosen)) {
  results.push(await measure(scenario));
}
const http = [];
for (const scenario of HTTP_SCENARIOS.filter(isChosen)) {
  http.push(judgeHttp(scenario, await measureHttp(scenario, plan)));
}

if (switches.includes('--json')) {
  console.log(JSON.stringify({ machine: machine(), plan, results, http }, undefined, 2));
} else {
  console.log(`${machine()}; medians of ${plan.rounds} rounds`);
  const rows = results.flatMap((result) => result.rows.map(rowOf));
  if (rows.length > 0) console.log(`\n${table(HEAD, rows, 2)}`);
  for (const side of http) console.log(`\n${table(HTTP_HEAD, httpRowsOf(side))}`);
}
const faults = [
  ...results.flatMap(({ id, faults: wrong, rows }) => [
    ...wrong.map((fault) => `${id}: ${fault}`),
    ...rows
      .filter(({ missed }) => missed)
      .map(
        ({ title, ratio, target }) =>
          `${id}: ${title.trim()}: ${show(ratio)}, and it is to be ${target}`,
      ),
  ]),
  ...http.flatMap((side) => side.faults.map((fault) => `${side.id}: ${fault}`)),
];
for (const fault of faults) console.error(`FAULT: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
