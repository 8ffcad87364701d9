// What finding the checks costs at the start of a large application. `--quick` makes it short, `--json` prints numbers.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { machine, median, quantile, show, table } from './figures.mjs';

/** The most that discovery may take of the time to boot. */
const MOST = 0.02;

const SIZE = { modules: 100, providersPerModule: 50 };
const VARIANTS = [
  { title: 'no check', markedPerModule: 0, inherited: false },
  { title: '300 own methods', markedPerModule: 3, inherited: false },
  { title: '300 inherited methods', markedPerModule: 3, inherited: true },
];

const switches = process.argv.slice(2);
const rounds = switches.includes('--quick') ? 5 : 21;

/** Boots one application in a fresh process. */
async function boot(options) {
  const child = fork(new URL('discovery-app.mjs', import.meta.url), [JSON.stringify(options)], {
    env: { ...process.env, ENABLE_METRICS: '', SENTRY_DSN: '' },
  });
  const ended = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`The application has ended with ${code}`);
  });
  const [[figures]] = await Promise.all([once(child, 'message'), ended]);
  return figures;
}

/** With and without, in turns, so that what slows the machine down for a while meets both. */
async function measure({ title, ...variant }) {
  const pairs = [];
  for (let round = 0; round < rounds; round += 1) {
    const without = await boot({ ...SIZE, ...variant, withOurs: false });
    const withOurs = await boot({ ...SIZE, ...variant, withOurs: true });
    pairs.push({ without, withOurs });
  }
  const wanted = SIZE.modules * variant.markedPerModule;
  // The share of one boot is told by that boot alone; the difference between two boots is mostly noise.
  const shares = pairs.map(({ withOurs }) => withOurs.discoveryMs / withOurs.bootMs);
  const share = median(shares);
  const faults = [
    share > MOST && `discovery takes ${percent(share)} of the time to boot`,
    pairs.some(({ withOurs }) => withOurs.discoveryMs === 0) && 'discovery was not measured',
    pairs.some(({ withOurs }) => withOurs.found !== wanted) && `not just ${wanted} checks found`,
  ].filter((fault) => fault !== false);
  return { title, share, shares, pairs, faults };
}

const percent = (part) => `${show(part * 100)} %`;
const quartiles = (values, shown) =>
  `${shown(median(values))} (${shown(quantile(values, 0.25))} to ${shown(quantile(values, 0.75))})`;

function rowOf({ title, shares, pairs }) {
  return [
    title,
    show(median(pairs.map(({ without }) => without.bootMs))),
    show(median(pairs.map(({ withOurs }) => withOurs.bootMs))),
    quartiles(
      pairs.map(({ without, withOurs }) => withOurs.bootMs - without.bootMs),
      show,
    ),
    quartiles(
      pairs.map(({ withOurs }) => withOurs.discoveryMs),
      show,
    ),
    quartiles(shares, percent),
  ];
}

const HEAD = [
  'application',
  'boot ms without',
  'with',
  'difference ms (quartiles)',
  'discovery ms (quartiles)',
  'share of boot (quartiles)',
];

const results = [];
for (const variant of VARIANTS) results.push(await measure(variant));

if (switches.includes('--json')) {
  console.log(JSON.stringify({ machine: machine(), rounds, results }, undefined, 2));
} else {
  const providers = SIZE.modules * SIZE.providersPerModule;
  console.log(machine());
  console.log(`${providers} providers in ${SIZE.modules} modules; medians of ${rounds} rounds\n`);
  console.log(table(HEAD, results.map(rowOf)));
}
for (const { title, faults } of results) {
  for (const fault of faults) console.error(`FAULT: ${title}: ${fault}`);
}
process.exitCode = results.some(({ faults }) => faults.length > 0) ? 1 : 0;
