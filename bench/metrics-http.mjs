// What measuring a request costs an application, beside other ways to do it.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { median, quantile, show } from './figures.mjs';

/** `most` is the part of another's cost that ours may reach. */
export const HTTP_SCENARIOS = [
  { id: 'http-fastify', platform: 'fastify', limits: [{ other: 'interceptor', most: 0.2 }] },
  {
    id: 'http-express',
    platform: 'express',
    limits: [
      { other: 'interceptor', most: 1 },
      { other: 'express-prom-bundle', most: 1 },
    ],
  },
];

const CONNECTIONS = 10;

/** Ids of different items, lest one answer be a matter of luck. */
const REQUESTS = Array.from({ length: 64 }, (_, index) => ({ path: `/items/${index + 1}` }));

/** So many requests, none of them cut off at the end. */
async function load(port, amount) {
  const {
    errors,
    non2xx,
    '2xx': right,
  } = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: CONNECTIONS,
    amount,
    sampleInt: 20,
    requests: REQUESTS,
  });
  if (errors + non2xx > 0 || right !== amount) {
    throw new Error(`${right} of ${amount} answers were right`);
  }
}

async function ask(server, question) {
  server.send(question);
  const [answer] = await once(server, 'message');
  return answer;
}

/** CPU microseconds a request of each application, round by round, and what each has counted. */
export async function measureHttp({ platform }, { httpRounds, sliceSeconds }) {
  const server = fork(new URL('metrics-http-server.mjs', import.meta.url), [platform], {
    env: { ...process.env, NODE_ENV: 'production', ENABLE_METRICS: '', SENTRY_DSN: '' },
  });
  const [ports] = await once(server, 'message');
  spawnSync('taskset', ['-a', '-p', '-c', '0', String(server.pid)]);
  const modes = Object.keys(ports);
  const rounds = [];
  let sent = 0;
  try {
    const warmUp = 3_000;
    for (const mode of modes) await load(ports[mode], warmUp);
    const startedMs = performance.now();
    for (const mode of modes) await load(ports[mode], warmUp);
    sent += 2 * warmUp;
    const perSecond = (warmUp * modes.length * 1_000) / (performance.now() - startedMs);
    const amount = Math.max(CONNECTIONS, Math.round(perSecond * sliceSeconds));
    for (let round = 0; round < httpRounds; round += 1) {
      const spent = {};
      // Each comes after each other one: what one leaves behind is not always paid by the same.
      const first = round % modes.length;
      for (const mode of [...modes.slice(first), ...modes.slice(0, first)]) {
        const before = await ask(server, 'cpu');
        await load(ports[mode], amount);
        const after = await ask(server, 'cpu');
        spent[mode] = (after.cpuUs - before.cpuUs) / amount;
      }
      rounds.push(spent);
      sent += amount;
    }
    return { modes, rounds, sent, counts: await ask(server, 'counts') };
  } finally {
    server.disconnect();
  }
}

/** What each adds to an application that does not measure, in the same round. */
export function judgeHttp({ id, platform, limits }, { modes, rounds, sent, counts }) {
  const over = (mode, other) => rounds.map((round) => round[mode] - round[other]);
  const sides = modes.map((mode) => ({
    mode,
    us: rounds.map((round) => round[mode]),
    deltas: over(mode, 'none'),
    ratios: rounds.map((round) => round[mode] / round.none),
  }));
  const costOf = (mode) => median(sides.find((side) => side.mode === mode).deltas);
  const silent = new Set(['none', 'ours, no HTTP metrics', 'ours, metrics off']);
  const faults = [
    ...modes
      .filter((mode) => counts[mode] !== (silent.has(mode) ? undefined : sent))
      .map((mode) => `${mode} has counted ${counts[mode]} requests, and there were ${sent}`),
    ...limits
      .filter(({ other, most }) => costOf('ours') > costOf(other) * most)
      .map(
        ({ other, most }) =>
          `ours adds ${show(costOf('ours'))} µs a request, and ${most} times the ${show(costOf(other))} µs of ` +
          `${other} is the most`,
      ),
  ];
  const alone = over('ours', 'ours, no HTTP metrics');
  return { id, platform, limits, sides, alone, faults };
}

const quartiles = (values) =>
  `${show(median(values))} (${show(quantile(values, 0.25))} to ${show(quantile(values, 0.75))})`;

export const HTTP_HEAD = [
  'GET /items/:id',
  'CPU µs a request',
  'over none (quartiles)',
  'ratio',
  'part of interceptor',
  'target',
];

export function httpRowsOf({ platform, limits, sides, alone }) {
  const interceptor = median(sides.find(({ mode }) => mode === 'interceptor').deltas);
  const target = limits.map(({ other, most }) => `≤ ${most}× ${other}`).join(', ');
  return [
    ...sides.map(({ mode, us, deltas, ratios }) => [
      `${platform}, ${mode}`,
      show(median(us)),
      mode === 'none' ? '' : quartiles(deltas),
      show(median(ratios)),
      mode === 'none' ? '' : show(median(deltas) / interceptor),
      mode === 'ours' ? target : '',
    ]),
    [
      `${platform}, HTTP metrics of ours alone`,
      '',
      quartiles(alone),
      '',
      show(median(alone) / interceptor),
      '',
    ],
  ];
}
